package io.quicmesh.transport.identity;

import io.quicmesh.transport.wire.Fingerprint;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who the other side of a connection is, after a {@link PeerVerifier} has accepted its chain.
 *
 * @param key fingerprint of the key that the peer proved: its node id, or a relay's pin
 * @param network the network that a member or registrar belongs to, null for a relay or a joining
 *     host
 * @param kind what the certificate makes it
 * @param notAfter when its certificate expires; the connection of a member must end then
 */
public record VerifiedPeer(
    Fingerprint key, @Nullable Fingerprint network, Kind kind, Instant notAfter) {

  /** What a certificate makes of its holder. */
  public enum Kind {
    /** A node with a transport certificate of its network's CA. */
    MEMBER,
    /** A relay, known by its pinned key only. */
    RELAY,
    /** A network's CA itself, to hosts that join or renew. */
    REGISTRAR,
    /** A host that has a key and no certificate of a network yet. */
    JOINER
  }
}
