package io.quicmesh.migration;

import java.util.concurrent.TimeUnit;

/**
 * The ratio of lost packets over the last 5 to 10 seconds.
 *
 * <p>Mutable; owned by the path's thread.
 */
final class LossEstimate {

  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(5);

  private long windowStartNanos;
  private long sent;
  private long lost;
  private long sentBefore;
  private long lostBefore;

  LossEstimate(long nowNanos) {
    windowStartNanos = nowNanos;
  }

  void add(long sentMore, long lostMore, long nowNanos) {
    rotate(nowNanos);
    sent += Math.max(sentMore, 0);
    lost += Math.max(lostMore, 0);
  }

  /**
   * 0 to 1; 0 if nothing was sent. A packet may be declared lost after its window: hence capped.
   */
  double ratio(long nowNanos) {
    rotate(nowNanos);
    long all = sent + sentBefore;
    return all == 0 ? 0 : Math.min(1.0, (double) (lost + lostBefore) / all);
  }

  long samples(long nowNanos) {
    rotate(nowNanos);
    return sent + sentBefore;
  }

  private void rotate(long nowNanos) {
    long elapsed = nowNanos - windowStartNanos;
    if (elapsed < WINDOW_NANOS) {
      return;
    }
    boolean adjacent = elapsed < 2 * WINDOW_NANOS;
    sentBefore = adjacent ? sent : 0;
    lostBefore = adjacent ? lost : 0;
    sent = 0;
    lost = 0;
    windowStartNanos = nowNanos;
  }
}
