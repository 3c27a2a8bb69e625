package io.quicmesh.node.membership;

import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.OverlayAddress;
import java.util.List;

/**
 * What every member knows of its network. Immutable.
 *
 * @param name what people call it
 * @param id the fingerprint of its CA's key
 * @param subnet where overlay addresses come from
 * @param relays where its relays are
 */
public record Network(
    String name, Fingerprint id, OverlayAddress subnet, List<RelayAddress> relays) {

  /** Copies the list. */
  public Network {
    relays = List.copyOf(relays);
  }
}
