package io.quicmesh.migration;

import java.util.concurrent.TimeUnit;

/**
 * The longest time without a delivery around a handover. While nothing flows there is no gap: an
 * interval that began long before the handover counts from its start only, and one that still runs
 * at its end counts only if something flowed.
 *
 * <p>Mutable; owned by the session's thread.
 */
final class DeliveryGap {

  private static final long FLOWING_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private boolean measuring;
  private boolean flowing;
  private boolean everDelivered;
  private long lastNanos;
  private long startedNanos;
  private long longestNanos;

  void handleDelivered(long nowNanos) {
    if (measuring && everDelivered) {
      long since = flowing ? lastNanos : Math.max(lastNanos, startedNanos);
      longestNanos = Math.max(longestNanos, nowNanos - since);
    }
    flowing = true;
    everDelivered = true;
    lastNanos = nowNanos;
  }

  void start(long nowNanos) {
    measuring = true;
    startedNanos = nowNanos;
    longestNanos = 0;
    flowing = everDelivered && nowNanos - lastNanos <= FLOWING_NANOS;
  }

  /** Ends the measurement; the longest interval. */
  long finish(long nowNanos) {
    measuring = false;
    return flowing ? Math.max(longestNanos, nowNanos - lastNanos) : longestNanos;
  }
}
