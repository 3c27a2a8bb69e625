package io.quicmesh.lab.link;

/**
 * How long a frame is under way after the transmitter.
 *
 * @param nanos the mean delay in one direction
 * @param jitterNanos the delay varies between {@code nanos - jitterNanos} and {@code nanos +
 *     jitterNanos}; never larger than the delay
 * @param reorders whether each frame's delay is drawn by itself, evenly in that range, so that
 *     frames overtake each other; if not, the delay wanders slowly enough that they keep their
 *     order
 */
public record Delay(long nanos, long jitterNanos, boolean reorders) {

  static final Delay NONE = new Delay(0, 0, false);

  /** Refuses a delay that could end before it begins. */
  public Delay {
    if (nanos < 0 || jitterNanos < 0) {
      throw new IllegalArgumentException("delay and jitter must not be negative");
    }
    if (jitterNanos > nanos) {
      throw new IllegalArgumentException("jitter must not be larger than delay");
    }
  }

  long shortestNanos() {
    return nanos - jitterNanos;
  }
}
