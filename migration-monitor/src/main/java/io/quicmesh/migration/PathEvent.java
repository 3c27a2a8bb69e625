package io.quicmesh.migration;

import java.net.InetSocketAddress;

/**
 * What the QUIC codec of the server role reports about the paths of one connection (RFC 9000
 * section 9), with ports in host order.
 */
public sealed interface PathEvent {

  /** The peer's address on the path. */
  InetSocketAddress remote();

  /** A packet came over a path that was not known. */
  record New(InetSocketAddress local, InetSocketAddress remote) implements PathEvent {}

  /** The path answered its challenge. */
  record Validated(InetSocketAddress local, InetSocketAddress remote) implements PathEvent {}

  /** The path did not answer its challenge in time. */
  record FailedValidation(InetSocketAddress local, InetSocketAddress remote) implements PathEvent {}

  /** The path is not used any more. */
  record Closed(InetSocketAddress local, InetSocketAddress remote) implements PathEvent {}

  /** The peer used a known connection ID on another path. */
  record ReusedSourceConnectionId(
      long sequence, InetSocketAddress oldRemote, InetSocketAddress remote) implements PathEvent {}

  /** The connection now sends over this path. */
  record PeerMigrated(InetSocketAddress local, InetSocketAddress remote) implements PathEvent {}
}
