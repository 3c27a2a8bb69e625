package io.quicmesh.lab.prober;

import io.quicmesh.lab.probe.ProbeCodec;
import java.io.PrintStream;
import java.time.Instant;
import java.util.Locale;

/**
 * Tells of gaps while they happen: one line when a direction falls silent, one when a flow's gap
 * has ended. Mutable; owned by the receiving thread.
 */
final class GapPrinter {

  private static final double NANOS_PER_MILLI = 1e6;
  private static final String[] NAMES = {"a-b", "b-a"};

  private final PrintStream out;
  private final long gapNanosMin;
  private final long[] lastArrivalNanos = new long[2];
  private final boolean[] silent = new boolean[2];

  /** Prints gaps of at least that length; 0 for none. */
  GapPrinter(PrintStream out, long gapNanosMin) {
    this.out = out;
    this.gapNanosMin = gapNanosMin;
  }

  void handleArrival(ProbeCodec.Probe probe, long arrivalNanos, long excessNanos) {
    if (gapNanosMin == 0) {
      return;
    }
    lastArrivalNanos[probe.end] = arrivalNanos;
    silent[probe.end] = false;
    if (excessNanos >= gapNanosMin) {
      out.printf(
          Locale.ROOT,
          "%s %s flow %d gap %.1f ms%n",
          Instant.now(),
          NAMES[probe.end],
          probe.flow,
          excessNanos / NANOS_PER_MILLI);
    }
  }

  void handleIdle(long nowNanos) {
    for (int end = 0; gapNanosMin != 0 && end < 2; end++) {
      boolean started = lastArrivalNanos[end] != 0;
      if (started && !silent[end] && nowNanos - lastArrivalNanos[end] > gapNanosMin) {
        silent[end] = true;
        out.printf(Locale.ROOT, "%s %s silent%n", Instant.now(), NAMES[end]);
      }
    }
  }
}
