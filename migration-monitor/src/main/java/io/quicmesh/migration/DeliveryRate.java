package io.quicmesh.migration;

import java.util.concurrent.TimeUnit;

/**
 * The highest rate of acknowledged bytes over the last 5 to 10 seconds in which there were any. An
 * interval in which the sender had little to send lowers it no sooner than that.
 *
 * <p>Mutable; owned by the path's thread.
 */
final class DeliveryRate {

  private static final long INTERVAL_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(5);

  private long intervalStartNanos;
  private long bytes;
  private long windowStartNanos;
  private long maxBps;
  private long maxBeforeBps;

  DeliveryRate(long nowNanos) {
    intervalStartNanos = nowNanos;
    windowStartNanos = nowNanos;
  }

  void handleAcknowledged(long bytesMore, long rttNanos, long nowNanos) {
    bytes += Math.max(bytesMore, 0);
    long elapsed = nowNanos - intervalStartNanos;
    if (elapsed < Math.max(INTERVAL_MIN_NANOS, rttNanos)) {
      return;
    }
    if (nowNanos - windowStartNanos >= WINDOW_NANOS) {
      maxBeforeBps = maxBps;
      maxBps = 0;
      windowStartNanos = nowNanos;
    }
    maxBps = Math.max(maxBps, (long) (bytes * 8e9 / elapsed));
    bytes = 0;
    intervalStartNanos = nowNanos;
  }

  long bitsPerSecond() {
    return Math.max(maxBps, maxBeforeBps);
  }
}
