package io.quicmesh.migration;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Notices that the host slept or the process was stopped, by a tick every second: the wall clock
 * runs on while the host sleeps and the monotonic one does not; a tick that comes late by the
 * monotonic clock means that the process was held up. A wall clock that is set forward looks like
 * sleep, which does no harm; one that is set back is ignored.
 *
 * <p>Mutable; owned by the thread that ticks.
 */
public final class SleepDetector {

  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long AWAY_MIN_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final Deque<Wake> wakes = new ArrayDeque<>();
  private long lastWallNanos;
  private long lastNanos;

  public SleepDetector(Instant wallNow, long nowNanos) {
    lastWallNanos = wallNanos(wallNow);
    lastNanos = nowNanos;
  }

  public long nextDeadlineNanos() {
    return lastNanos + INTERVAL_NANOS;
  }

  public void handleDeadline(Instant wallNow, long nowNanos) {
    long ticked = nowNanos - lastNanos;
    long drift = wallNanos(wallNow) - lastWallNanos - ticked;
    lastWallNanos = wallNanos(wallNow);
    lastNanos = nowNanos;
    if (drift >= AWAY_MIN_NANOS) {
      wakes.add(new Wake(drift, true));
    } else if (ticked - INTERVAL_NANOS >= AWAY_MIN_NANOS) {
      wakes.add(new Wake(ticked - INTERVAL_NANOS, false));
    }
  }

  public @Nullable Wake poll() {
    return wakes.poll();
  }

  private static long wallNanos(Instant wall) {
    return TimeUnit.SECONDS.toNanos(wall.getEpochSecond()) + wall.getNano();
  }
}
