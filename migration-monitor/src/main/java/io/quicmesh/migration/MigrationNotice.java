package io.quicmesh.migration;

import java.net.InetSocketAddress;

/** What the tracker tells whoever listens: drained from it, applied by the shell. */
public sealed interface MigrationNotice {

  String connectionId();

  /** A connection is being tracked. */
  record Opened(ConnectionIdentity identity) implements MigrationNotice {
    @Override
    public String connectionId() {
      return identity.connectionId();
    }
  }

  /** A migration began. */
  record Started(
      String connectionId,
      InetSocketAddress oldAddress,
      InetSocketAddress newAddress,
      MigrationCause cause)
      implements MigrationNotice {}

  /** A migration succeeded, so long after its start. */
  record Completed(String connectionId, MigrationEvent event, long latencyNanos)
      implements MigrationNotice {}

  /** A migration did not succeed: the owner cleans up and replaces the connection. */
  record Failed(String connectionId, MigrationEvent event, MigrationFailure reason)
      implements MigrationNotice {}

  /** A migration ended on a path that the policy ranks lower than the path before. */
  record LessPreferred(String connectionId, InetSocketAddress address, int rank, int rankBefore)
      implements MigrationNotice {}
}
