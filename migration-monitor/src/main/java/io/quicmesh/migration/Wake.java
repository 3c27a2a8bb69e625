package io.quicmesh.migration;

import java.util.concurrent.TimeUnit;

/**
 * The process went on after it did not run for a while.
 *
 * @param awayNanos for how long, about
 * @param asleep whether the clocks drifted apart, as they do when the host sleeps; otherwise only
 *     the process was held up
 */
public record Wake(long awayNanos, boolean asleep) {

  /** What that means for the network: it may be another one, and NATs may have forgotten us. */
  public NetworkChange change() {
    String what = asleep ? "the host slept for " : "the process was held up for ";
    long seconds = TimeUnit.NANOSECONDS.toSeconds(awayNanos);
    return NetworkChange.major(MigrationCause.WAKE, what + seconds + " s");
  }
}
