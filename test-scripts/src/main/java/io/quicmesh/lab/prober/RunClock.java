package io.quicmesh.lab.prober;

import java.time.Instant;

/** When a run began, on both of the host's clocks. */
record RunClock(Instant startWall, long startNanos) {

  private static final double NANOS_PER_SECOND = 1e9;

  static RunClock now() {
    return new RunClock(Instant.now(), System.nanoTime());
  }

  Instant instant(long monotonicNanos) {
    return startWall.plusNanos(monotonicNanos - startNanos);
  }

  double seconds(long monotonicNanos) {
    return (monotonicNanos - startNanos) / NANOS_PER_SECOND;
  }
}
