package io.quicmesh.lab.prober;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.quicmesh.lab.probe.DirectionTracker;
import io.quicmesh.lab.probe.Gap;
import io.quicmesh.lab.probe.Stalls;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** What a run found, in the shape of its JSON. Times in ms and us as their names say. */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record ProbeReport(
    String start,
    double seconds,
    String kind,
    double rate,
    int size,
    int flows,
    Map<String, Direction> directions,
    Totals total,
    Machine machine,
    long ringDrops) {

  private static final double NANOS_PER_MILLI = 1e6;
  private static final double NANOS_PER_MICRO = 1e3;
  private static final double NANOS_PER_SECOND = 1e9;

  /** When it ran and for how long. */
  record Times(RunClock clock, double seconds) {}

  /** One direction; the longest gap of every 50 ms since the start among it. */
  @JsonNaming(SnakeCaseStrategy.class)
  record Direction(
      long sent,
      long received,
      long lost,
      long doubled,
      long reordered,
      long damaged,
      long returned,
      long longestLoss,
      double sentPerSecond,
      double receivedPerSecond,
      double maxGapMs,
      double maxGapAtSpeedMs,
      List<GapEntry> gaps,
      List<Double> gapWindowsMs,
      Latency latencyUs,
      Sender sender) {

    static Direction of(
        DirectionTracker.Summary summary, List<Double> gapWindowsMs, Sender sender, Times times) {
      double seconds = times.seconds();
      RunClock clock = times.clock();
      List<GapEntry> gaps =
          summary.gaps().stream().map(gap -> GapEntry.of(gap, clock)).collect(Collectors.toList());
      return new Direction(
          summary.sent(),
          summary.received(),
          summary.lost(),
          summary.doubled(),
          summary.reordered(),
          summary.damaged(),
          summary.returned(),
          summary.longestLoss(),
          rounded(summary.sent() / seconds),
          rounded(summary.receivedPerSecond()),
          gaps.isEmpty() ? 0 : gaps.get(0).gapMs(),
          rounded(summary.longestGapAtSpeedNanos() / NANOS_PER_MILLI),
          gaps,
          gapWindowsMs,
          Latency.of(summary.latencies()),
          sender);
    }

    long errors() {
      return lost + doubled + reordered + damaged + returned;
    }

    String line(String name) {
      return String.format(
          Locale.ROOT,
          "%s: sent %d, received %d, lost %d, doubled %d, reordered %d, damaged %d, returned %d,"
              + " longest gap %.1f ms, latency p50 %.0f us p99 %.0f us max %.0f us",
          name,
          sent,
          received,
          lost,
          doubled,
          reordered,
          damaged,
          returned,
          maxGapMs,
          latencyUs.p50,
          latencyUs.p99,
          latencyUs.max);
    }
  }

  /**
   * One gap: how long delivery paused beyond the sender's own spacing, both parts, and for how much
   * of it the machine was slow.
   *
   * @param open whether nothing arrived any more
   */
  @JsonNaming(SnakeCaseStrategy.class)
  record GapEntry(
      int flow,
      String at,
      double atS,
      double gapMs,
      double arrivalMs,
      double senderMs,
      double machineMs,
      boolean open) {

    static GapEntry of(Gap gap, RunClock clock) {
      return new GapEntry(
          gap.flow(),
          clock.instant(gap.fromNanos()).toString(),
          rounded(clock.seconds(gap.fromNanos())),
          rounded(gap.excessNanos() / NANOS_PER_MILLI),
          rounded((gap.toNanos() - gap.fromNanos()) / NANOS_PER_MILLI),
          rounded(gap.spacingNanos() / NANOS_PER_MILLI),
          rounded(gap.machineNanos() / NANOS_PER_MILLI),
          gap.open());
    }
  }

  /** From sending to arrival, in microseconds. */
  record Latency(
      double min,
      double mean,
      double p10,
      double p50,
      double p90,
      double p99,
      double p999,
      double max) {

    static Latency of(Histogram histogram) {
      if (histogram.getTotalCount() == 0) {
        return new Latency(0, 0, 0, 0, 0, 0, 0, 0);
      }
      return new Latency(
          micros((double) histogram.getMinValue()),
          micros(histogram.getMean()),
          micros((double) histogram.getValueAtPercentile(10)),
          micros((double) histogram.getValueAtPercentile(50)),
          micros((double) histogram.getValueAtPercentile(90)),
          micros((double) histogram.getValueAtPercentile(99)),
          micros((double) histogram.getValueAtPercentile(99.9)),
          micros((double) histogram.getMaxValue()));
    }

    private static double micros(double nanos) {
      return rounded(nanos / NANOS_PER_MICRO);
    }
  }

  /**
   * How well the sender kept its schedule.
   *
   * @param refused frames that the interface did not take, and that got another slot
   * @param slips how often the sender was late and moved its schedule
   */
  @JsonNaming(SnakeCaseStrategy.class)
  record Sender(long refused, long slips, double longestSlipMs) {

    static Sender of(DirectionSender sender) {
      return new Sender(
          sender.refused(), sender.slips(), rounded(sender.longestSlipNanos() / NANOS_PER_MILLI));
    }
  }

  /** Both directions together. */
  @JsonNaming(SnakeCaseStrategy.class)
  record Totals(
      long sent,
      long received,
      long lost,
      long doubled,
      long reordered,
      long errors,
      double maxGapMs,
      double maxGapAtSpeedMs) {

    static Totals of(Iterable<Direction> directions) {
      Totals sum = new Totals(0, 0, 0, 0, 0, 0, 0, 0);
      for (Direction each : directions) {
        sum =
            new Totals(
                sum.sent + each.sent,
                sum.received + each.received,
                sum.lost + each.lost,
                sum.doubled + each.doubled,
                sum.reordered + each.reordered,
                sum.errors + each.errors(),
                Math.max(sum.maxGapMs, each.maxGapMs),
                Math.max(sum.maxGapAtSpeedMs, each.maxGapAtSpeedMs));
      }
      return sum;
    }
  }

  /** For how long the machine was slow, in all and in every 50 ms since the start. */
  @JsonNaming(SnakeCaseStrategy.class)
  record Machine(double slowMs, List<Double> slowWindowsMs) {

    static Machine of(Stalls slow, RunClock clock, double seconds) {
      long startNanos = clock.startNanos();
      long endNanos = startNanos + Math.round(seconds * NANOS_PER_SECOND);
      List<Double> windows = new ArrayList<>();
      for (long at = startNanos; at < endNanos; at += GapWindows.WINDOW_NANOS) {
        long slowNanos = slow.overlapNanos(at, at + GapWindows.WINDOW_NANOS);
        windows.add(rounded(slowNanos / NANOS_PER_MILLI));
      }
      return new Machine(
          rounded(slow.overlapNanos(startNanos, endNanos) / NANOS_PER_MILLI), windows);
    }
  }

  String line() {
    String text =
        directions.entrySet().stream()
            .map(entry -> entry.getValue().line(entry.getKey()))
            .collect(Collectors.joining(" | "));
    return ringDrops == 0 ? text : text + " | NOT MEASURED: the prober's ring overflowed";
  }

  static double rounded(double value) {
    return Math.round(value * 1000) / 1000.0;
  }
}
