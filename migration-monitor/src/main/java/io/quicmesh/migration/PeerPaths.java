package io.quicmesh.migration;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the path events of one connection in the server role as the peer's migration: it starts
 * with the first sign of a new path and is complete when that path is both validated and in use.
 * The two signs may come in either order; a path that was validated once stays so, and going back
 * to it raises {@code PeerMigrated} alone.
 *
 * <p>Mutable; owned by the tracker's thread. An event that fits nothing is ignored.
 */
final class PeerPaths {

  private static final int VALIDATED_MAX = 64;

  private final TrackedConnection connection;
  private final Set<InetSocketAddress> validated = new LinkedHashSet<>();
  private @Nullable InetSocketAddress inUse;
  private boolean targetFailed;

  PeerPaths(TrackedConnection connection) {
    this.connection = connection;
    validated.add(connection.movingAddress());
  }

  void handle(PathEvent event, Instant wallNow, long nowNanos) {
    if (event instanceof PathEvent.New || event instanceof PathEvent.ReusedSourceConnectionId) {
      handleNew(event.remote(), wallNow, nowNanos);
    } else if (event instanceof PathEvent.Validated) {
      handleValidated(event.remote(), nowNanos);
    } else if (event instanceof PathEvent.PeerMigrated) {
      handleMigrated(event.remote(), wallNow, nowNanos);
    } else if (event instanceof PathEvent.FailedValidation) {
      handleLost(event.remote(), MigrationFailure.VALIDATION_FAILED, nowNanos);
    } else {
      handleLost(event.remote(), MigrationFailure.PATH_CLOSED, nowNanos);
    }
  }

  /** Whether the path under way proved itself but the peer does not use it: a probe. */
  boolean isProbeOnly() {
    InetSocketAddress target = connection.target();
    return target != null && validated.contains(target) && !target.equals(inUse);
  }

  private void handleNew(InetSocketAddress remote, Instant wallNow, long nowNanos) {
    targetFailed = false;
    if (!remote.equals(connection.movingAddress())) {
      connection.start(target(remote), wallNow, nowNanos);
    }
  }

  private void handleValidated(InetSocketAddress remote, long nowNanos) {
    if (validated.size() == VALIDATED_MAX) {
      validated.remove(validated.iterator().next());
    }
    validated.add(remote);
    if (remote.equals(inUse) && remote.equals(connection.target())) {
      complete(nowNanos);
    }
  }

  private void handleMigrated(InetSocketAddress remote, Instant wallNow, long nowNanos) {
    if (remote.equals(connection.movingAddress())) {
      inUse = null;
      connection.forgetAttempt();
      return;
    }
    boolean fellBack = targetFailed && validated.contains(remote);
    targetFailed = false;
    connection.start(
        fellBack ? new TrackedConnection.Target(remote, MigrationCause.FELL_BACK) : target(remote),
        wallNow,
        nowNanos);
    inUse = remote;
    if (validated.contains(remote)) {
      complete(nowNanos);
    }
  }

  private void handleLost(InetSocketAddress remote, MigrationFailure reason, long nowNanos) {
    validated.remove(remote);
    if (remote.equals(connection.target())) {
      inUse = null;
      targetFailed = reason == MigrationFailure.VALIDATION_FAILED;
      connection.fail(reason, nowNanos);
    }
  }

  private void complete(long nowNanos) {
    inUse = null;
    connection.complete(nowNanos);
  }

  private TrackedConnection.Target target(InetSocketAddress remote) {
    boolean sameHost = remote.getAddress().equals(connection.movingAddress().getAddress());
    MigrationCause cause = sameHost ? MigrationCause.NAT_REBINDING : MigrationCause.PEER_MOVED;
    return new TrackedConnection.Target(remote, cause);
  }
}
