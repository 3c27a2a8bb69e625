package io.quicmesh.migration;

import java.util.concurrent.TimeUnit;

/**
 * Looks at all migrations once a second and fails those that last too long.
 *
 * <p>Mutable; owned by the tracker's thread.
 */
public final class MigrationMonitor {

  public static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final MigrationTracker tracker;
  private final long timeoutNanos;
  private long nextNanos;

  /**
   * @param timeoutNanos how long a migration may last, {@link #TIMEOUT_NANOS} by default; 60 s suit
   *     slow networks
   */
  public MigrationMonitor(MigrationTracker tracker, long timeoutNanos, long nowNanos) {
    if (timeoutNanos <= 0) {
      throw new IllegalArgumentException("migration timeout must be positive: " + timeoutNanos);
    }
    this.tracker = tracker;
    this.timeoutNanos = timeoutNanos;
    this.nextNanos = nowNanos + INTERVAL_NANOS;
  }

  public long nextDeadlineNanos() {
    return nextNanos;
  }

  public void handleDeadline(long nowNanos) {
    if (nowNanos >= nextNanos) {
      tracker.expire(timeoutNanos, nowNanos);
      nextNanos = nowNanos + INTERVAL_NANOS;
    }
  }
}
