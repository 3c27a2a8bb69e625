package io.quicmesh.transport.quic;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What happened to a path of a connection (RFC 9000, section 9), with real ports.
 *
 * @param kind what happened
 * @param local our address on that path; unspecified when the port is bound to all addresses
 * @param remote the peer's address on that path
 * @param oldRemote the address that the connection id was used with before, for {@link
 *     Kind#REUSED_ID} only
 */
public record PathEvent(
    Kind kind,
    InetSocketAddress local,
    InetSocketAddress remote,
    @Nullable InetSocketAddress oldRemote) {

  /** What can happen to a path. */
  public enum Kind {
    /** Packets came from a new address; nothing is proved yet. */
    NEW,
    /** The peer answered a challenge at this address. */
    VALIDATED,
    /** The peer did not answer the challenges at this address. */
    FAILED,
    /** The path is given up. */
    CLOSED,
    /** A known connection id was used from a new address. */
    REUSED_ID,
    /** The peer now uses this path: the migration is done. */
    MIGRATED
  }
}
