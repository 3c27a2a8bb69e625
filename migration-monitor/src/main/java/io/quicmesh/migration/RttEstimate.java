package io.quicmesh.migration;

import java.util.concurrent.TimeUnit;

/**
 * Round-trip time from samples: smoothed and its deviation as in RFC 9002 section 5.3, jitter as in
 * RFC 3550 section 6.4.1, and the minimum of the last half to one minute.
 *
 * <p>Mutable; owned by the path's thread.
 */
final class RttEstimate {

  /** Before the first sample (RFC 9002 section 6.2.2). */
  private static final long INITIAL_NANOS = TimeUnit.MILLISECONDS.toNanos(333);

  private static final long MIN_WINDOW_NANOS = TimeUnit.SECONDS.toNanos(30);

  private boolean measured;
  private long smoothedNanos = INITIAL_NANOS;
  private long varianceNanos = INITIAL_NANOS / 2;
  private long jitterNanos;
  private long lastNanos;
  private long minNanos = Long.MAX_VALUE;
  private long minBeforeNanos = Long.MAX_VALUE;
  private long windowStartNanos;

  void handleSample(long rttNanos, long nowNanos) {
    long sample = Math.max(rttNanos, 1);
    if (!measured) {
      measured = true;
      smoothedNanos = sample;
      varianceNanos = sample / 2;
      windowStartNanos = nowNanos;
    } else {
      varianceNanos += (Math.abs(smoothedNanos - sample) - varianceNanos) / 4;
      jitterNanos += (Math.abs(sample - lastNanos) - jitterNanos) / 16;
      smoothedNanos += (sample - smoothedNanos) / 8;
    }
    lastNanos = sample;
    if (nowNanos - windowStartNanos > MIN_WINDOW_NANOS) {
      minBeforeNanos = minNanos;
      minNanos = Long.MAX_VALUE;
      windowStartNanos = nowNanos;
    }
    minNanos = Math.min(minNanos, sample);
  }

  boolean measured() {
    return measured;
  }

  long smoothedNanos() {
    return smoothedNanos;
  }

  long varianceNanos() {
    return varianceNanos;
  }

  long jitterNanos() {
    return jitterNanos;
  }

  long minNanos() {
    return measured ? Math.min(minNanos, minBeforeNanos) : INITIAL_NANOS;
  }
}
