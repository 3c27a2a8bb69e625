package io.quicmesh.lab.prober;

import java.util.ArrayList;
import java.util.List;

/**
 * The longest gap of one direction in every 50 ms: so a gap at something that happened can be told
 * from those that are there all the time. Mutable; owned by the receiving thread.
 */
final class GapWindows {

  static final long WINDOW_NANOS = 50_000_000L;

  private static final double NANOS_PER_MILLI = 1e6;

  private final long startNanos;
  private final List<Long> longestNanos = new ArrayList<>();

  GapWindows(long startNanos) {
    this.startNanos = startNanos;
  }

  /** Notes a gap that ended now; 0 if frames came as they were sent. */
  void handleArrival(long arrivalNanos, long gapNanos) {
    int index = (int) Math.max(0, (arrivalNanos - startNanos) / WINDOW_NANOS);
    while (longestNanos.size() <= index) {
      longestNanos.add(0L);
    }
    longestNanos.set(index, Math.max(longestNanos.get(index), gapNanos));
  }

  /** In milliseconds, window by window from a later start on. */
  List<Double> longestMillis(long fromNanos) {
    int skipped = (int) ((fromNanos - startNanos) / WINDOW_NANOS);
    return longestNanos.stream()
        .skip(Math.max(0, skipped))
        .map(nanos -> ProbeReport.rounded(nanos / NANOS_PER_MILLI))
        .toList();
  }
}
