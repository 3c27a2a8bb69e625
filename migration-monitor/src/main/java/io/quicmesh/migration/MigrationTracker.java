package io.quicmesh.migration;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The migrations of all connections of a node or relay, by QUIC connection ID (the one that the
 * server chose in the handshake, in hex).
 *
 * <p>In the server role path events feed it; in the client role a change of the network starts a
 * migration and the first echo over the new path completes it. What listeners want to know is
 * drained with {@link #poll}. Facts about unknown connections are ignored; commands about them
 * answer false.
 *
 * <p>Mutable; owned by the event loop that owns the connections.
 */
public final class MigrationTracker {

  private final Map<String, Tracked> connections = new LinkedHashMap<>();
  private final MigrationLedger ledger = new MigrationLedger();
  private final PathPolicy policy;

  private record Tracked(TrackedConnection connection, PeerPaths paths) {
    boolean isServer() {
      return connection.identity().role() == ConnectionRole.SERVER;
    }
  }

  public MigrationTracker(PathPolicy policy) {
    this.policy = policy;
  }

  /** Begins to track a connection; false if its id is known already. */
  public boolean handleOpened(ConnectionIdentity identity, Instant wallNow, long nowNanos) {
    if (connections.containsKey(identity.connectionId())) {
      return false;
    }
    TrackedConnection connection =
        new TrackedConnection(identity, wallNow, nowNanos, ledger, policy);
    connections.put(identity.connectionId(), new Tracked(connection, new PeerPaths(connection)));
    ledger.add(new MigrationNotice.Opened(identity));
    return true;
  }

  /** Forgets the connection; a migration under way has failed. Its events stay in the history. */
  public void handleClosed(String connectionId, long nowNanos) {
    Tracked tracked = connections.remove(connectionId);
    if (tracked != null) {
      tracked.connection.fail(MigrationFailure.CONNECTION_CLOSED, nowNanos);
    }
  }

  /** So many records of the peer arrived. */
  public void handleHeard(String connectionId, int records, long nowNanos) {
    Tracked tracked = connections.get(connectionId);
    if (tracked != null) {
      tracked.connection.handleHeard(records, nowNanos);
    }
  }

  /** What the codec reports of a connection's paths; only the server role has any use for it. */
  public void handlePathEvent(
      String connectionId, PathEvent event, Instant wallNow, long nowNanos) {
    Tracked tracked = connections.get(connectionId);
    if (tracked != null && tracked.isServer()) {
      tracked.paths.handle(event, wallNow, nowNanos);
    }
  }

  /**
   * An echo of something sent at {@code sentNanos} arrived. If that was after the migration began,
   * it went over the new path, and the migration of a connection in the client role is complete.
   */
  public void handleEcho(String connectionId, long sentNanos, long nowNanos) {
    Tracked tracked = connections.get(connectionId);
    if (tracked == null) {
      return;
    }
    TrackedConnection connection = tracked.connection;
    connection.handleHeard(0, nowNanos);
    OptionalLong started = connection.startedNanos();
    if (!tracked.isServer() && started.isPresent() && sentNanos >= started.getAsLong()) {
      connection.complete(nowNanos);
    }
  }

  /**
   * Starts a migration of the moving side's address (ours in the client role, the peer's in the
   * server role). False if the connection is unknown or has, or moves to, that address already.
   */
  public boolean start(
      String connectionId,
      InetSocketAddress newAddress,
      MigrationCause cause,
      Instant wallNow,
      long nowNanos) {
    Tracked tracked = connections.get(connectionId);
    return tracked != null
        && tracked.connection.start(
            new TrackedConnection.Target(newAddress, cause), wallNow, nowNanos);
  }

  /** Completes the migration under way; false if there is none. */
  public boolean complete(String connectionId, long nowNanos) {
    Tracked tracked = connections.get(connectionId);
    return tracked != null && tracked.connection.complete(nowNanos);
  }

  /** Fails the migration under way; false if there is none. */
  public boolean fail(String connectionId, MigrationFailure reason, long nowNanos) {
    Tracked tracked = connections.get(connectionId);
    return tracked != null && tracked.connection.fail(reason, nowNanos);
  }

  /**
   * Fails every migration that has lasted {@code timeoutNanos} (unless the peer only probed a
   * path), and turns COMPLETED back to STABLE.
   */
  public void expire(long timeoutNanos, long nowNanos) {
    for (Map.Entry<String, Tracked> entry : connections.entrySet()) {
      Tracked tracked = entry.getValue();
      tracked.connection.settle(nowNanos);
      if (hasTimedOut(entry.getKey(), timeoutNanos, nowNanos)) {
        if (tracked.isServer() && tracked.paths.isProbeOnly()) {
          tracked.connection.forgetAttempt();
        } else {
          tracked.connection.fail(MigrationFailure.TIMED_OUT, nowNanos);
        }
      }
    }
  }

  public boolean isMigrating(String connectionId) {
    return hasState(connectionId, MigrationState.MIGRATING);
  }

  public boolean hasFailed(String connectionId) {
    return hasState(connectionId, MigrationState.FAILED);
  }

  /** Whether the connection has been migrating for at least {@code timeoutNanos}. */
  public boolean hasTimedOut(String connectionId, long timeoutNanos, long nowNanos) {
    OptionalLong since = timeSinceStartedNanos(connectionId, nowNanos);
    return since.isPresent() && since.getAsLong() >= timeoutNanos;
  }

  /** How long the migration under way has lasted; empty if there is none. */
  public OptionalLong timeSinceStartedNanos(String connectionId, long nowNanos) {
    Tracked tracked = connections.get(connectionId);
    if (tracked == null || tracked.connection.startedNanos().isEmpty()) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(nowNanos - tracked.connection.startedNanos().getAsLong());
  }

  /** The ids of the connections that migrate now. */
  public List<String> migrating() {
    return idsIn(MigrationState.MIGRATING);
  }

  /** The ids of the connections whose last migration failed. */
  public List<String> failed() {
    return idsIn(MigrationState.FAILED);
  }

  public Optional<ConnectionRecord> connection(
      String connectionId, Instant wallNow, long nowNanos) {
    return Optional.ofNullable(connections.get(connectionId))
        .map(tracked -> tracked.connection.record(wallNow, nowNanos));
  }

  /** All connections, in the order in which they opened. */
  public List<ConnectionRecord> connections(Instant wallNow, long nowNanos) {
    List<ConnectionRecord> records = new ArrayList<>(connections.size());
    for (Tracked tracked : connections.values()) {
      records.add(tracked.connection.record(wallNow, nowNanos));
    }
    return records;
  }

  /** The last events of all connections, newest first, those of closed connections included. */
  public List<RecordedMigration> events() {
    return ledger.events();
  }

  public MigrationStatistics statistics() {
    return new MigrationStatistics(
        connections.size(),
        migrating().size(),
        failed().size(),
        ledger.totalSuccessful(),
        ledger.totalFailed(),
        ledger.latencyMicros());
  }

  /** Notices that were dropped because nobody drained them. */
  public long noticesDropped() {
    return ledger.noticesDropped();
  }

  /** The next notice for the listeners, or null. */
  public @Nullable MigrationNotice poll() {
    return ledger.poll();
  }

  private boolean hasState(String connectionId, MigrationState state) {
    Tracked tracked = connections.get(connectionId);
    return tracked != null && tracked.connection.state() == state;
  }

  private List<String> idsIn(MigrationState state) {
    List<String> ids = new ArrayList<>();
    for (Map.Entry<String, Tracked> entry : connections.entrySet()) {
      if (entry.getValue().connection.state() == state) {
        ids.add(entry.getKey());
      }
    }
    return ids;
  }
}
