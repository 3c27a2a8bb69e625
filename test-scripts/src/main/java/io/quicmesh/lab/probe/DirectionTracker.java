package io.quicmesh.lab.probe;

import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * What has arrived of all flows of one direction. Mutable; owned by the thread that reads the ring.
 *
 * <p>A gap counts only by what exceeds the sender's own spacing: a sender that stalls makes none.
 */
public final class DirectionTracker {

  private static final int GAPS_KEPT = 100;
  private static final int GAPS_TOLD = 10;
  private static final long LATENCY_NANOS_MAX = 3_600_000_000_000L;

  private static final double NANOS_PER_SECOND = 1e9;

  private final FlowTracker[] flows;
  private final GapLog gaps = new GapLog(GAPS_KEPT);
  private final Histogram latencies = new Histogram(LATENCY_NANOS_MAX, 3);
  private long received;
  private long firstArrivalNanos;
  private long lastArrivalNanos;
  private long damaged;
  private long returned;

  /** A tracker of as many flows as are sent. */
  public DirectionTracker(int flows) {
    this.flows = Stream.generate(FlowTracker::new).limit(flows).toArray(FlowTracker[]::new);
  }

  /**
   * Notes a whole probe.
   *
   * @return by how much the gap that it ends exceeds the sender's spacing; 0 if it ends none
   */
  public long handleArrival(ProbeCodec.Probe probe, long arrivalNanos) {
    if (probe.flow >= flows.length || probe.number > FlowTracker.NUMBER_MAX) {
      damaged++;
      return 0;
    }
    FlowTracker flow = flows[probe.flow];
    boolean started = flow.received() > 0;
    if (!flow.handleArrival(probe.number)) {
      return 0;
    }
    latencies.recordValue(Math.min(LATENCY_NANOS_MAX, Math.max(0, arrivalNanos - probe.sentNanos)));
    if (received++ == 0) {
      firstArrivalNanos = arrivalNanos;
    }
    lastArrivalNanos = arrivalNanos;
    long excessNanos = 0;
    if (started) {
      Gap gap =
          new Gap(probe.flow, flow.lastArrivalNanos(), arrivalNanos, probe.spacingNanos, 0, false);
      excessNanos = Math.max(0, gap.excessNanos());
      gaps.add(gap);
    }
    flow.handleTimes(probe.sentNanos, arrivalNanos);
    return excessNanos;
  }

  /** Notes a frame that was changed on the way. */
  public void handleDamaged() {
    damaged++;
  }

  /** Notes a frame that came back to the end that sent it. */
  public void handleReturned() {
    returned++;
  }

  /** How many different frames have arrived. */
  public long received() {
    return received;
  }

  /**
   * What can be said at the end.
   *
   * @param sentByFlow how many frames each flow was sent
   * @param lastSentNanos when the last of them was sent
   * @param sender when the sender was stopped
   * @param machine when the machine was slow
   */
  public Summary summarise(long[] sentByFlow, long lastSentNanos, Stalls sender, Stalls machine) {
    for (int i = 0; i < flows.length; i++) {
      addOpenGap(i, sentByFlow[i], lastSentNanos);
    }
    long longestLoss = 0;
    for (int i = 0; i < flows.length; i++) {
      longestLoss = Math.max(longestLoss, flows[i].longestLoss(sentByFlow[i]));
    }
    List<Gap> longest = gaps.longestFirst(sender, machine);
    long sent = LongStream.of(sentByFlow).sum();
    return new Summary(
        sent,
        received,
        sent - received,
        Stream.of(flows).mapToLong(FlowTracker::doubled).sum(),
        Stream.of(flows).mapToLong(FlowTracker::reordered).sum(),
        damaged,
        returned,
        longestLoss,
        receivedPerSecond(),
        longest.stream().limit(GAPS_TOLD).toList(),
        longest.stream().mapToLong(Gap::excessAtSpeedNanos).max().orElse(0),
        latencies);
  }

  private double receivedPerSecond() {
    long nanos = lastArrivalNanos - firstArrivalNanos;
    return nanos <= 0 ? 0 : (received - 1) * NANOS_PER_SECOND / nanos;
  }

  /** A flow of which the last frames never came had a gap that did not end. */
  private void addOpenGap(int index, long sent, long lastSentNanos) {
    FlowTracker flow = flows[index];
    if (flow.received() > 0 && flow.nextNumber() < sent) {
      long endNanos = lastSentNanos + flow.lastArrivalNanos() - flow.lastSentNanos();
      gaps.add(new Gap(index, flow.lastArrivalNanos(), endNanos, 0, 0, true));
    }
  }

  /**
   * The end's account of one direction.
   *
   * @param sent frames sent
   * @param received different frames that arrived
   * @param lost frames that never did
   * @param doubled arrivals of a frame that had arrived before
   * @param reordered frames that came behind a later one of their flow
   * @param damaged frames with changed bytes
   * @param returned frames that came back to their sender
   * @param longestLoss the most frames that one flow lost in a row
   * @param receivedPerSecond frames a second between the first arrival and the last
   * @param gaps the longest gaps, longest first
   * @param longestGapAtSpeedNanos the longest of all, the time in which the machine was slow taken
   *     out
   * @param latencies from sending to arrival, in nanoseconds
   */
  public record Summary(
      long sent,
      long received,
      long lost,
      long doubled,
      long reordered,
      long damaged,
      long returned,
      long longestLoss,
      double receivedPerSecond,
      List<Gap> gaps,
      long longestGapAtSpeedNanos,
      Histogram latencies) {}
}
