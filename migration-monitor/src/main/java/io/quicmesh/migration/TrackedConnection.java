package io.quicmesh.migration;

import io.quicmesh.migration.MigrationLedger.Entry;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection's migrations.
 *
 * <p>Mutable; owned by the tracker's thread.
 */
final class TrackedConnection {

  private static final int HISTORY_MAX = 100;
  private static final long COMPLETED_SHOWN_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ConnectionIdentity identity;
  private final Instant startTime;
  private final MigrationLedger ledger;
  private final PathPolicy policy;
  private final Deque<Entry> history = new ArrayDeque<>();
  private final SilenceMeter silence;
  private InetSocketAddress local;
  private InetSocketAddress remote;
  private MigrationState state = MigrationState.STABLE;
  private @Nullable Attempt attempt;
  private long endedNanos;
  private long requestCount;
  private long migrationCount;

  /** A migration under way. */
  private static final class Attempt {
    final InetSocketAddress from;
    final MigrationCause cause;
    final Instant startedWall;
    final long startedNanos;
    InetSocketAddress to;
    long longestSilenceNanos;

    Attempt(InetSocketAddress from, Target target, Instant startedWall, long startedNanos) {
      this.from = from;
      this.to = target.address();
      this.cause = target.cause();
      this.startedWall = startedWall;
      this.startedNanos = startedNanos;
    }
  }

  /** Where a migration leads, and why. */
  record Target(InetSocketAddress address, MigrationCause cause) {}

  TrackedConnection(
      ConnectionIdentity identity,
      Instant startTime,
      long nowNanos,
      MigrationLedger ledger,
      PathPolicy policy) {
    this.identity = identity;
    this.startTime = startTime;
    this.ledger = ledger;
    this.policy = policy;
    this.local = identity.local();
    this.remote = identity.remote();
    this.silence = new SilenceMeter(nowNanos);
  }

  void handleHeard(int records, long nowNanos) {
    long silenceStartedNanos = silence.lastHeardNanos();
    long silenceNanos = silence.handleHeard(nowNanos);
    requestCount += records;
    if (attempt != null) {
      attempt.longestSilenceNanos = Math.max(attempt.longestSilenceNanos, silenceNanos);
    } else if (!history.isEmpty() && silenceStartedNanos <= endedNanos) {
      history.getLast().extendGap(silenceNanos);
    }
  }

  /**
   * A start during a migration changes where it leads and keeps when it began; one that leads back
   * to the address in use ends it.
   */
  boolean start(Target target, Instant wallNow, long nowNanos) {
    InetSocketAddress from = movingAddress();
    if (from.equals(target.address())) {
      forgetAttempt();
      return false;
    }
    if (attempt != null) {
      boolean changed = !attempt.to.equals(target.address());
      attempt.to = target.address();
      return changed;
    }
    attempt = new Attempt(from, target, wallNow, nowNanos);
    attempt.longestSilenceNanos = silence.longestRecentNanos(nowNanos);
    state = MigrationState.MIGRATING;
    ledger.add(
        new MigrationNotice.Started(
            identity.connectionId(), from, target.address(), target.cause()));
    return true;
  }

  boolean complete(long nowNanos) {
    Attempt done = attempt;
    if (done == null) {
      return false;
    }
    MigrationEvent event = end(done, true, MigrationState.COMPLETED, nowNanos);
    migrationCount++;
    move(done.to);
    long latencyNanos = nowNanos - done.startedNanos;
    remember(ledger.completed(identity.connectionId(), event, latencyNanos));
    int rankBefore = policy.rank(done.from.getAddress());
    int rank = policy.rank(done.to.getAddress());
    if (rank > rankBefore) {
      ledger.add(
          new MigrationNotice.LessPreferred(identity.connectionId(), done.to, rank, rankBefore));
    }
    return true;
  }

  boolean fail(MigrationFailure reason, long nowNanos) {
    Attempt failed = attempt;
    if (failed == null) {
      return false;
    }
    MigrationEvent event = end(failed, false, MigrationState.FAILED, nowNanos);
    remember(ledger.failed(identity.connectionId(), event, reason));
    return true;
  }

  /** The migration turned out to be none: the peer only probed a path, or came back. */
  void forgetAttempt() {
    if (attempt != null) {
      attempt = null;
      state = MigrationState.STABLE;
    }
  }

  /** Turns COMPLETED back to STABLE when it has been shown long enough. */
  void settle(long nowNanos) {
    if (state == MigrationState.COMPLETED && nowNanos - endedNanos >= COMPLETED_SHOWN_NANOS) {
      state = MigrationState.STABLE;
    }
  }

  private MigrationEvent end(
      Attempt ended, boolean validated, MigrationState endState, long nowNanos) {
    long running = nowNanos - silence.lastHeardNanos();
    long gapNanos = Math.max(ended.longestSilenceNanos, running);
    attempt = null;
    state = endState;
    endedNanos = nowNanos;
    return new MigrationEvent(
        ended.startedWall, ended.from, ended.to, validated, ended.cause, gapNanos);
  }

  private void remember(Entry entry) {
    if (history.size() == HISTORY_MAX) {
      history.removeFirst();
    }
    history.addLast(entry);
  }

  /** The address that a migration changes: ours in the client role, the peer's in the server's. */
  InetSocketAddress movingAddress() {
    return identity.role() == ConnectionRole.CLIENT ? local : remote;
  }

  private void move(InetSocketAddress address) {
    if (identity.role() == ConnectionRole.CLIENT) {
      local = address;
    } else {
      remote = address;
    }
  }

  @Nullable InetSocketAddress target() {
    return attempt == null ? null : attempt.to;
  }

  OptionalLong startedNanos() {
    return attempt == null ? OptionalLong.empty() : OptionalLong.of(attempt.startedNanos);
  }

  MigrationState state() {
    return state;
  }

  ConnectionIdentity identity() {
    return identity;
  }

  ConnectionRecord record(Instant wallNow, long nowNanos) {
    List<MigrationEvent> events = new ArrayList<>(history.size());
    for (Entry entry : history) {
      events.add(entry.event());
    }
    return new ConnectionRecord(
        identity,
        local,
        remote,
        startTime,
        wallNow.minusNanos(nowNanos - silence.lastHeardNanos()),
        requestCount,
        migrationCount,
        state,
        events);
  }
}
