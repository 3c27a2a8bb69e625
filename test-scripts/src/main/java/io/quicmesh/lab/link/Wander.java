package io.quicmesh.lab.link;

import java.util.random.RandomGenerator;

/**
 * A value between -1 and 1 that wanders: it goes in straight lines from one random point to the
 * next. As a delay that varies with it changes slowly, frames keep their order without waiting for
 * each other, however close they are, and the mean stays what it was. Mutable.
 */
final class Wander {

  private final RandomGenerator random;
  private long fromNanos = Long.MIN_VALUE;
  private double from;
  private double to;

  Wander(RandomGenerator random) {
    this.random = random;
  }

  /** The value at a time that is never before an earlier one; a line takes {@code lineNanos}. */
  double at(long nowNanos, long lineNanos) {
    long startNanos = Math.floorDiv(nowNanos, lineNanos) * lineNanos;
    if (startNanos > fromNanos) {
      from = fromNanos == startNanos - lineNanos ? to : point();
      to = point();
      fromNanos = startNanos;
    }
    double share = (double) (nowNanos - fromNanos) / lineNanos;
    return from + (to - from) * share;
  }

  private double point() {
    return random.nextDouble() * 2 - 1;
  }
}
