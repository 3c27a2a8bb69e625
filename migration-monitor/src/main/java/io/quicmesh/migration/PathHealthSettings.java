package io.quicmesh.migration;

import java.util.concurrent.TimeUnit;

/**
 * How often a path is asked and how soon its silence is noticed.
 *
 * @param idleIntervalNanos between heartbeats while everything is answered ({@code
 *     health-interval})
 * @param busyIntervalNanos between heartbeats while something is unanswered
 * @param silenceMinNanos no shorter silence is noticed
 * @param stuckMinNanos records must be unacknowledged for longer before a path is said to carry
 *     small packets only
 */
public record PathHealthSettings(
    long idleIntervalNanos, long busyIntervalNanos, long silenceMinNanos, long stuckMinNanos) {

  public static final PathHealthSettings DEFAULT =
      new PathHealthSettings(
          TimeUnit.SECONDS.toNanos(1),
          TimeUnit.MILLISECONDS.toNanos(250),
          TimeUnit.MILLISECONDS.toNanos(250),
          TimeUnit.MILLISECONDS.toNanos(500));

  public PathHealthSettings {
    if (busyIntervalNanos <= 0 || idleIntervalNanos < busyIntervalNanos || silenceMinNanos <= 0) {
      throw new IllegalArgumentException(
          "heartbeat intervals must be positive and the idle one the longer");
    }
  }
}
