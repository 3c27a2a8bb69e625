package io.quicmesh.migration;

import java.net.InetSocketAddress;

/**
 * What is known of a connection when it opens.
 *
 * @param connectionId the id that the server chose in the handshake, in hex
 * @param kind relay or direct
 * @param role the role of this side
 * @param peer the peer's name, or its id where no name is known
 * @param local this side's underlay address
 * @param remote the peer's underlay address
 */
public record ConnectionIdentity(
    String connectionId,
    ConnectionKind kind,
    ConnectionRole role,
    String peer,
    InetSocketAddress local,
    InetSocketAddress remote) {}
