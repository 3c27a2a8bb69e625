package io.quicmesh.relay.core;

import io.quicmesh.transport.wire.Fingerprint;
import java.net.InetSocketAddress;

/**
 * Something that happened at a relay and that an operator may want to see.
 *
 * @param node the node that it is about, or the key of a joining host
 * @param remote underlay address of the connection that it is about
 * @param reason why, in lower case; empty if the kind says it all
 */
public record RelayEvent(
    Kind kind, Fingerprint network, Fingerprint node, InetSocketAddress remote, String reason) {

  /** What happened. */
  public enum Kind {
    /** A node is admitted and present. */
    NODE_UP,
    /** A node left. */
    NODE_DOWN,
    /** A present node is seen at another underlay address. */
    NODE_MOVED,
    /** A node that is present already was admitted on a new connection. */
    NODE_RECONNECTED,
    /** A second host shows a key whose first host answers: an alert. */
    DUPLICATE_KEY,
    /** A connection was closed because of what it is or did. */
    NODE_REFUSED,
    /** A newer list of revoked keys holds for a network. */
    REVOCATIONS,
    /** A host reached the registrar. */
    JOIN
  }
}
