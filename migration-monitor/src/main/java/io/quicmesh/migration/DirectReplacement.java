package io.quicmesh.migration;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * When this side dials a peer anew beside the direct connection that there is, to put another in
 * its place. Only the client of a QUIC connection can move it (RFC 9000 section 9), so it matters
 * who dials:
 *
 * <ul>
 *   <li>a worn connection is replaced by its client, who thus stays the client; the server waits
 *       for that, 3 s or half a second if it is stuck, and dials if nothing comes;
 *   <li>a server that moved dials at once: nobody else can know where it is;
 *   <li>the side that is preferred as the client (it is mobile) and has become the server takes the
 *       role back when the connection has been quiet for a while.
 * </ul>
 *
 * <p>A dial that failed is made again for as long as the connection has no newer one beside it.
 *
 * <p>Mutable; owned by the event loop that owns the session.
 */
public final class DirectReplacement {

  static final long SERVER_WAIT_NANOS = TimeUnit.SECONDS.toNanos(3);
  static final long SERVER_WAIT_STUCK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(2);
  static final long ROLE_QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);
  static final long ROLE_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** Oldest first: the newest is what counts, those before it are on their way out. */
  private final List<Connection> connections = new ArrayList<>();

  private boolean isPreferredClient;

  private static final class Connection {
    final String id;
    final boolean isClient;
    long dueNanos = Deadlines.NEVER;
    long roleDueNanos;
    boolean isWorn;
    boolean isDialling;

    Connection(String id, boolean isClient, long nowNanos) {
      this.id = id;
      this.isClient = isClient;
      this.roleDueNanos = nowNanos + ROLE_QUIET_NANOS;
    }
  }

  /** Whether this side of the two is preferred as the client. */
  public void handlePreferred(boolean isClient) {
    isPreferredClient = isClient;
  }

  /** A direct connection is up, whoever dialled it. */
  public void handleUp(String id, boolean isClient, long nowNanos) {
    connections.add(new Connection(id, isClient, nowNanos));
  }

  /** A direct connection has ended. */
  public void handleDown(String id) {
    connections.removeIf(connection -> connection.id.equals(id));
  }

  /** A connection will not do for long; both sides may have come to that. */
  public void handleWorn(String id, long nowNanos) {
    replace(id, SERVER_WAIT_NANOS, nowNanos);
  }

  /** A connection carries nothing, or not enough, though its peer is there. */
  public void handleStuck(String id, long nowNanos) {
    replace(id, SERVER_WAIT_STUCK_NANOS, nowNanos);
  }

  private void replace(String id, long serverWaitNanos, long nowNanos) {
    Connection worn = find(id);
    if (worn != null) {
      worn.dueNanos = Math.min(worn.dueNanos, nowNanos + (worn.isClient ? 0 : serverWaitNanos));
      worn.isWorn = true;
    }
  }

  /** This side, the server of a connection, is at another address now. */
  public void handleServerMoved(String id, long nowNanos) {
    replace(id, 0, nowNanos);
  }

  /** The path of a connection changed: what works is not touched for a while. */
  public void handleMigrated(String id, long nowNanos) {
    Connection migrated = find(id);
    if (migrated != null) {
      migrated.roleDueNanos = Math.max(migrated.roleDueNanos, nowNanos + ROLE_QUIET_NANOS);
    }
  }

  /** The dial that {@link #poll} asked for ended without a connection. */
  public void handleDialFailed(String id, long nowNanos) {
    Connection replaced = find(id);
    if (replaced != null) {
      replaced.isDialling = false;
      replaced.dueNanos = replaced.isWorn ? nowNanos + AGAIN_NANOS : Deadlines.NEVER;
      replaced.roleDueNanos = nowNanos + ROLE_AGAIN_NANOS;
    }
  }

  /** The connection beside which to dial now, or null; the caller dials. */
  public @Nullable String poll(long nowNanos) {
    Connection newest = newest();
    if (newest == null || nowNanos < deadlineOf(newest)) {
      return null;
    }
    newest.isDialling = true;
    return newest.id;
  }

  /** When {@link #poll} is to be called next, in nanoseconds. */
  public long nextDeadlineNanos() {
    Connection newest = newest();
    return newest == null ? Deadlines.NEVER : deadlineOf(newest);
  }

  private long deadlineOf(Connection connection) {
    if (connection.isDialling) {
      return Deadlines.NEVER;
    }
    boolean isWrongRole = isPreferredClient && !connection.isClient;
    return isWrongRole
        ? Math.min(connection.dueNanos, connection.roleDueNanos)
        : connection.dueNanos;
  }

  private @Nullable Connection newest() {
    return connections.isEmpty() ? null : connections.get(connections.size() - 1);
  }

  private @Nullable Connection find(String id) {
    for (Connection connection : connections) {
      if (connection.id.equals(id)) {
        return connection;
      }
    }
    return null;
  }
}
