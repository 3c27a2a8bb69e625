package io.quicmesh.migration;

import java.util.concurrent.TimeUnit;

/** Measured paths for tests. */
final class Qualities {

  private Qualities() {}

  static PathQuality rtt(long rttMillis) {
    return loss(rttMillis, 0, 100);
  }

  static PathQuality loss(long rttMillis, double loss, long samples) {
    long rttNanos = TimeUnit.MILLISECONDS.toNanos(rttMillis);
    return new PathQuality(true, rttNanos, rttNanos, 0, 0, loss, samples, 0, 0.9);
  }
}
