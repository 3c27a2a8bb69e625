package io.quicmesh.lab.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.lab.probe.DirectionTracker.Summary;
import io.quicmesh.lab.probe.ProbeCodec.Probe;
import org.junit.jupiter.api.Test;

/** Frames are sent every millisecond, and usually arrive 100 microseconds later. */
final class DirectionTrackerTest {

  private static final long MILLI = 1_000_000;
  private static final long DELAY = 100_000;

  private final DirectionTracker tracker = new DirectionTracker(2);
  private final Stalls stalls = new Stalls();
  private final Stalls machine = new Stalls();

  @Test
  void aCleanRunHasNoErrorAndNoGap() {
    arriveInTime(0, 0, 100);

    Summary summary = summarise(100, 0);

    assertThat(summary.received()).isEqualTo(100);
    assertThat(errors(summary)).containsExactly(0, 0, 0);
    assertThat(summary.gaps()).isEmpty();
    assertThat(summary.latencies().getMaxValue()).isBetween(DELAY, DELAY + 1_000);
  }

  @Test
  void whatNeverArrivesIsLost() {
    arriveInTime(0, 0, 10);
    arriveInTime(0, 13, 20);
    arriveInTime(0, 21, 30);

    Summary summary = summarise(30, 0);

    assertThat(errors(summary)).containsExactly(4, 0, 0);
    assertThat(summary.longestLoss()).isEqualTo(3);
  }

  @Test
  void aLossIsAGapAlthoughTheSenderWentOn() {
    arriveInTime(0, 0, 10);
    arriveInTime(0, 60, 100);

    assertThat(summarise(100, 0).gaps())
        .containsExactly(new Gap(0, 9 * MILLI + DELAY, 60 * MILLI + DELAY, MILLI, 0, false));
  }

  @Test
  void aSenderThatPausesMakesNoGap() {
    arriveInTime(0, 0, 10);
    arrive(0, 10, 500 * MILLI, 491 * MILLI, 500 * MILLI + DELAY);

    assertThat(summarise(11, 0).gaps()).isEmpty();
  }

  @Test
  void aSenderThatStallsWhileItSendsMakesNoGap() {
    arriveInTime(0, 0, 10);
    arrive(0, 10, 10 * MILLI, MILLI, 70 * MILLI);
    stalls.add(10 * MILLI, 70 * MILLI - 10);

    assertThat(summarise(11, 0).gaps()).allMatch(gap -> gap.excessNanos() < MILLI);
  }

  @Test
  void framesThatWereHeldAndComeTogetherMakeOneGap() {
    arriveInTime(0, 0, 10);
    for (int i = 10; i < 40; i++) {
      arrive(0, i, i * MILLI, MILLI, 40 * MILLI);
    }

    Summary summary = summarise(40, 0);

    assertThat(summary.gaps()).hasSize(1);
    assertThat(summary.gaps().get(0).excessNanos()).isEqualTo(30 * MILLI - DELAY);
    assertThat(summary.lost()).isZero();
  }

  @Test
  void aSecondArrivalIsADoubleHoweverLate() {
    arriveInTime(0, 0, 1000);
    arrive(0, 3, 3 * MILLI, MILLI, 2000 * MILLI);

    assertThat(errors(summarise(1000, 0))).containsExactly(0, 1, 0);
  }

  @Test
  void whatComesBehindALaterOneOfItsFlowIsReordered() {
    arriveInTime(0, 0, 5);
    arrive(0, 7, 7 * MILLI, MILLI, 8 * MILLI);
    arrive(0, 5, 5 * MILLI, MILLI, 8 * MILLI);
    arrive(0, 6, 6 * MILLI, MILLI, 8 * MILLI);

    assertThat(errors(summarise(8, 0))).containsExactly(0, 0, 2);
  }

  @Test
  void aSlowMachineIsToldBesideAGap() {
    machine.add(20 * MILLI, 50 * MILLI);
    machine.add(70 * MILLI, 90 * MILLI);
    arriveInTime(0, 0, 10);
    arriveInTime(0, 60, 70);
    arriveInTime(0, 95, 100);

    Summary summary = summarise(100, 0);

    assertThat(summary.gaps())
        .extracting(Gap::machineNanos)
        .containsExactly(30 * MILLI, 20 * MILLI);
    assertThat(summary.gaps().get(0).excessNanos()).isEqualTo(50 * MILLI);
    assertThat(summary.longestGapAtSpeedNanos()).isEqualTo(20 * MILLI);
  }

  @Test
  void flowsAreIndependent() {
    arriveInTime(0, 0, 50);
    arriveInTime(1, 0, 40);

    Summary summary = summarise(50, 50);

    assertThat(errors(summary)).containsExactly(10, 0, 0);
    assertThat(summary.received()).isEqualTo(90);
  }

  @Test
  void aFlowThatFallsSilentForGoodHasAnOpenGap() {
    arriveInTime(0, 0, 50);

    Summary summary = summarise(200, 0);

    assertThat(summary.gaps()).hasSize(1);
    Gap gap = summary.gaps().get(0);
    assertThat(gap.open()).isTrue();
    assertThat(gap.excessNanos()).isEqualTo(150 * MILLI);
  }

  @Test
  void onlyTheLongestGapsAreTold() {
    for (long i = 0; i < 300; i++) {
      arrive(0, i, i * 1000 * MILLI, MILLI, i * 1000 * MILLI + i * MILLI);
    }

    assertThat(summarise(300, 0).gaps())
        .hasSize(10)
        .allMatch(gap -> gap.excessNanos() > 990 * MILLI);
  }

  @Test
  void framesOfNoFlowAreDamaged() {
    arrive(2, 0, 0, 0, 0);
    tracker.handleDamaged();
    tracker.handleReturned();

    Summary summary = summarise(0, 0);

    assertThat(summary.damaged()).isEqualTo(2);
    assertThat(summary.returned()).isOne();
  }

  private void arriveInTime(int flow, int from, int to) {
    for (int i = from; i < to; i++) {
      arrive(flow, i, i * MILLI, MILLI, i * MILLI + DELAY);
    }
  }

  private void arrive(int flow, long number, long sentNanos, long spacingNanos, long atNanos) {
    Probe probe = new Probe();
    probe.flow = flow;
    probe.number = number;
    probe.sentNanos = sentNanos;
    probe.spacingNanos = spacingNanos;
    tracker.handleArrival(probe, atNanos);
  }

  private Summary summarise(long sentOfFirst, long sentOfSecond) {
    long last = Math.max(sentOfFirst, sentOfSecond) - 1;
    return tracker.summarise(new long[] {sentOfFirst, sentOfSecond}, last * MILLI, stalls, machine);
  }

  private static long[] errors(Summary summary) {
    return new long[] {summary.lost(), summary.doubled(), summary.reordered()};
  }
}
