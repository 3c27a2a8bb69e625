package io.quicmesh.migration;

import java.util.concurrent.TimeUnit;

/**
 * How direct connections are tried.
 *
 * @param firstNanos the wait after the first failure; doubled with each up to {@code intervalNanos}
 * @param intervalNanos {@code retry-interval}: the wait that is kept for three failures, and then
 *     doubled with each
 * @param maxNanos up to this
 * @param connectTimeoutNanos {@code connect-timeout}: how long one dial may take
 * @param candidatesMax addresses kept of a peer
 * @param inFlightMax dials at the same time
 */
public record RetrySettings(
    long firstNanos,
    long intervalNanos,
    long maxNanos,
    long connectTimeoutNanos,
    int candidatesMax,
    int inFlightMax) {

  public static final RetrySettings DEFAULT =
      new RetrySettings(
          TimeUnit.SECONDS.toNanos(5),
          TimeUnit.SECONDS.toNanos(60),
          TimeUnit.MINUTES.toNanos(5),
          TimeUnit.SECONDS.toNanos(5),
          30,
          8);

  private static final int KEPT_FOR = 3;

  public RetrySettings {
    if (firstNanos <= 0 || intervalNanos < firstNanos || maxNanos < intervalNanos) {
      throw new IllegalArgumentException("retry waits must be positive and not fall");
    }
    if (connectTimeoutNanos <= 0 || candidatesMax <= 0 || inFlightMax <= 0) {
      throw new IllegalArgumentException("retry limits must be positive");
    }
  }

  /** The wait after so many failures in a row: 5, 10, 20, 40, 60, 60, 60, 120, 240, 300 seconds. */
  long delayNanos(int failures) {
    long delay = firstNanos;
    int kept = 1;
    for (int i = 1; i < failures && delay < maxNanos; i++) {
      if (delay < intervalNanos) {
        delay = Math.min(2 * delay, intervalNanos);
      } else if (kept < KEPT_FOR) {
        kept++;
      } else {
        delay = Math.min(2 * delay, maxNanos);
      }
    }
    return delay;
  }
}
