package io.quicmesh.relay.core;

import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import java.util.Set;

/**
 * A network's list of revoked keys, its signature checked.
 *
 * @param number grows with every list of a network
 * @param keys fingerprints of the revoked public keys
 * @param signedList the list as it came, to be handed on
 */
public record RevokedList(long number, Set<Fingerprint> keys, Opaque signedList) {
  public RevokedList {
    keys = Set.copyOf(keys);
  }
}
