package io.quicmesh.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class PathHealthTest {

  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

  private final PathHealth health = new PathHealth(PathHealthSettings.DEFAULT, 0);

  private final Deque<Echo> echoes = new ArrayDeque<>();

  private record Echo(long atNanos, long sequence) {}

  private List<HealthOutput> drain() {
    List<HealthOutput> outputs = new ArrayList<>();
    for (HealthOutput o = health.poll(); o != null; o = health.poll()) {
      outputs.add(o);
    }
    return outputs;
  }

  /** Runs the machine's deadlines up to a time; echoes every heartbeat after a round trip. */
  private List<HealthOutput> runEchoing(long fromNanos, long untilNanos, long rttNanos) {
    List<HealthOutput> others = new ArrayList<>();
    long now = fromNanos;
    while (now <= untilNanos) {
      while (!echoes.isEmpty() && echoes.peek().atNanos <= now) {
        health.handleEcho(echoes.remove().sequence, now);
      }
      if (health.nextDeadlineNanos() <= now) {
        health.handleDeadline(now);
      }
      for (HealthOutput o : drain()) {
        if (o instanceof HealthOutput.SendHeartbeat beat) {
          echoes.add(new Echo(now + rttNanos, beat.sequence()));
        } else {
          others.add(o);
        }
      }
      long echoAt = echoes.isEmpty() ? Deadlines.NEVER : echoes.peek().atNanos;
      now = Math.max(now + 1, Math.min(health.nextDeadlineNanos(), echoAt));
    }
    return others;
  }

  @Test
  void asksAtOnceThenEverySecondWhileAllIsAnswered() {
    List<Long> sentAt = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      long at = health.nextDeadlineNanos();
      health.handleDeadline(at);
      sentAt.add(at / MS);
      assertThat(drain()).containsExactly(new HealthOutput.SendHeartbeat(i));
      health.handleEcho(i, at + 10 * MS);
    }

    assertThat(sentAt).containsExactly(0L, 1000L, 2000L, 3000L);
  }

  @Test
  void asksEveryQuarterSecondWhileAHeartbeatIsUnanswered() {
    health.handleDeadline(0);

    assertThat(health.nextDeadlineNanos()).isEqualTo(250 * MS);
    health.handleDeadline(250 * MS);
    assertThat(drain())
        .containsExactly(new HealthOutput.SendHeartbeat(0), new HealthOutput.SendHeartbeat(1));
  }

  @Test
  void asksSoonerWhenRecordsAreUnanswered() {
    health.handleDeadline(0);
    health.handleEcho(0, 10 * MS);
    long idle = health.nextDeadlineNanos();

    health.handleRecordsSent(100 * MS);
    long busy = health.nextDeadlineNanos();
    health.handleDeadline(busy);
    health.handleEcho(1, 260 * MS);
    health.handleAcknowledged(100 * MS, Deadlines.NEVER, 200, 261 * MS);

    assertThat(idle).isEqualTo(1000 * MS);
    assertThat(busy).isEqualTo(250 * MS);
    assertThat(health.nextDeadlineNanos()).isEqualTo(1250 * MS);
  }

  @Test
  void asksAtOnceWhenRecordsFollowALongQuiet() {
    health.handleDeadline(0);
    health.handleEcho(0, 10 * MS);

    health.handleRecordsSent(900 * MS);

    assertThat(health.nextDeadlineNanos()).isEqualTo(900 * MS);
  }

  @Test
  void isSilentAfterAQuarterSecondOnAFastPath() {
    runEchoing(0, 3_100 * MS, 10 * MS);
    health.handleRecordsSent(3_200 * MS);

    long due = health.nextDeadlineNanos();
    while (due < 3_450 * MS) {
      health.handleDeadline(due);
      due = health.nextDeadlineNanos();
    }
    boolean before = health.isSilent();
    health.handleDeadline(due);

    assertThat(before).isFalse();
    assertThat(due).isEqualTo(3_450 * MS);
    assertThat(drain()).contains(new HealthOutput.Silent(250 * MS, 250 * MS));
    assertThat(health.quality(due).quality()).isZero();
  }

  @Test
  void jitterAddsNoMoreThanTheLeastSilenceOrARoundTripToTheThreshold() {
    for (int i = 0; i < 200; i++) {
      health.handleRtt(i % 2 == 0 ? 10 * MS : 310 * MS, i);
    }
    long rtt = health.quality(200).rttNanos();

    assertThat(4 * health.quality(200).jitterNanos()).isGreaterThan(1_000 * MS);
    assertThat(health.silenceThresholdNanos()).isEqualTo(3 * rtt + Math.max(250 * MS, rtt));
  }

  @Test
  void silenceThresholdGrowsWithRoundTripAndJitter() {
    for (int i = 0; i < 50; i++) {
      health.handleRtt(200 * MS, i);
    }
    assertThat(health.silenceThresholdNanos()).isEqualTo(600 * MS);

    health.handleRtt(360 * MS, 60);

    assertThat(health.silenceThresholdNanos()).isEqualTo(3 * 220 * MS + 4 * 10 * MS);
  }

  @Test
  void nothingSentIsNoSilence() {
    health.handleDeadline(0);
    health.handleEcho(0, 10 * MS);

    assertThat(health.silenceNanos(900 * MS)).isZero();
    assertThat(health.isSilent()).isFalse();
  }

  @Test
  void anAnswerToSomethingOlderIsNoHearing() {
    health.handleRtt(10 * MS, 0);
    health.handleRecordsSent(0);
    health.handleRecordsSent(50 * MS);
    health.handleAcknowledged(50 * MS, Deadlines.NEVER, 100, 60 * MS);
    health.handleRecordsSent(100 * MS);

    health.handleAcknowledged(50 * MS, 100 * MS, 0, 300 * MS);

    assertThat(health.silenceNanos(300 * MS)).isEqualTo(200 * MS);
  }

  @Test
  void heartbeatsOfAPeerThatDoesNotHearUsDoNotHideTheCut() {
    runEchoing(0, 2_000 * MS, 10 * MS);
    long now = 2_000 * MS;

    while (now < 3_600 * MS && !health.isSilent()) {
      now = Math.max(now + MS, health.nextDeadlineNanos());
      health.handleDeadline(now);
    }

    assertThat(health.isSilent()).isTrue();
    assertThat(now).isLessThanOrEqualTo(3_260 * MS);
  }

  @Test
  void hearsAgainAfterASilenceAndSaysHowLongItWas() {
    health.handleRtt(10 * MS, 0);
    health.handleDeadline(0);
    health.handleDeadline(250 * MS);
    drain();

    health.handleEcho(1, 900 * MS);

    assertThat(drain()).containsExactly(new HealthOutput.HeardAgain(900 * MS));
    assertThat(health.isSilent()).isFalse();
  }

  @Test
  void anOutageIsNoRoundTrip() {
    runEchoing(0, 5_000 * MS, 10 * MS);
    long sent = health.nextDeadlineNanos();
    List<Long> delayed = new ArrayList<>();
    while (health.nextDeadlineNanos() < sent + 4_000 * MS) {
      health.handleDeadline(health.nextDeadlineNanos());
      for (HealthOutput o : drain()) {
        if (o instanceof HealthOutput.SendHeartbeat beat) {
          delayed.add(beat.sequence());
        }
      }
    }
    for (long sequence : delayed) {
      health.handleEcho(sequence, sent + 4_000 * MS);
    }

    assertThat(delayed).hasSizeGreaterThan(10);
    assertThat(drain()).hasOnlyElementsOfType(HealthOutput.HeardAgain.class);
    assertThat(health.quality(sent + 4_000 * MS).rttNanos()).isEqualTo(10 * MS);
    assertThat(health.silenceThresholdNanos()).isEqualTo(250 * MS);
  }

  @Test
  void aPathThatBecomesSlowIsSilentForAWhileAndThenNoMore() {
    runEchoing(0, 5_000 * MS, 10 * MS);

    assertThat(runEchoing(5_000 * MS, 15_000 * MS, 1_000 * MS)).isNotEmpty();
    assertThat(runEchoing(15_000 * MS, 60_000 * MS, 1_000 * MS)).isEmpty();
    assertThat(health.quality(60_000 * MS).rttNanos()).isBetween(990 * MS, 1_000 * MS);
  }

  @Test
  void saysSilentOnlyOnce() {
    health.handleRtt(10 * MS, 0);
    for (long t = 0; t <= 2_000; t += 250) {
      health.handleDeadline(t * MS);
    }

    assertThat(drain()).filteredOn(o -> o instanceof HealthOutput.Silent).hasSize(1);
  }

  @Test
  void forgivesItsOwnStallOnce() {
    health.handleRtt(10 * MS, 0);
    health.handleDeadline(0);

    health.handleDeadline(60_000 * MS);
    boolean rightAfter = health.isSilent();
    health.handleDeadline(60_250 * MS);

    assertThat(rightAfter).isFalse();
    assertThat(health.isSilent()).isTrue();
  }

  @Test
  void doesNotForgiveALoopThatIsAlwaysLate() {
    health.handleRtt(10 * MS, 0);

    for (long t = 0; t <= 2_000; t += 400) {
      health.handleDeadline(t * MS);
    }

    assertThat(health.isSilent()).isTrue();
  }

  @Test
  void echoesOfNothingInFlightAreIgnored() {
    health.handleDeadline(0);
    health.handleEcho(0, 10 * MS);

    health.handleEcho(0, 500 * MS);
    health.handleEcho(7, 500 * MS);
    health.handleEcho(-1, 500 * MS);

    assertThat(health.quality(500 * MS).rttNanos()).isEqualTo(10 * MS);
    assertThat(health.lastHeardNanos()).isEqualTo(10 * MS);
  }

  @Test
  void anEchoOlderThanWhatIsRememberedIsIgnored() {
    for (long t = 0; t < 100; t++) {
      health.handleDeadline(t * 250 * MS);
    }

    health.handleEcho(10, 25_000 * MS);

    assertThat(health.quality(25_000 * MS).measured()).isFalse();
  }

  @Test
  void findsAPathThatCarriesSmallPacketsOnly() {
    runEchoing(0, 2_000 * MS, 10 * MS);
    health.handleRecordsSent(2_000 * MS);

    List<HealthOutput> found = runEchoing(2_000 * MS, 4_000 * MS, 10 * MS);

    assertThat(found)
        .singleElement()
        .isInstanceOfSatisfying(
            HealthOutput.SmallPacketsOnly.class,
            o -> {
              assertThat(o.limitNanos()).isEqualTo(500 * MS);
              assertThat(o.stuckNanos()).isBetween(500 * MS, 800 * MS);
            });
    assertThat(health.quality(4_000 * MS).quality()).isZero();
  }

  @Test
  void aSlowPathGetsFourRoundTrips() {
    for (int i = 0; i < 50; i++) {
      health.handleRtt(300 * MS, i);
    }
    health.handleRecordsSent(0);

    assertThat(runEchoing(0, 1_190 * MS, 300 * MS)).isEmpty();
    assertThat(runEchoing(1_200 * MS, 3_000 * MS, 300 * MS)).hasSize(1);
  }

  @Test
  void aQueueThatDrainsSlowlyIsNotTakenForSmallPacketsOnly() {
    runEchoing(0, 1_000 * MS, 10 * MS);
    health.handleRecordsSent(1_000 * MS);
    List<HealthOutput> found = new ArrayList<>();

    for (long t = 1_000; t < 6_000; t += 100) {
      health.handleAcknowledged((t - 900) * MS, (t - 899) * MS, 1000, t * MS);
      found.addAll(runEchoing(t * MS, (t + 99) * MS, 10 * MS));
    }

    assertThat(found).isEmpty();
  }

  @Test
  void whatWasSentIntoASilenceIsNoSignOfSmallPacketsOnlyForAWhile() {
    health.handleRtt(10 * MS, 0);
    health.handleRecordsSent(0);
    for (long t = 0; t <= 1_000; t += 250) {
      health.handleDeadline(t * MS);
    }
    assertThat(health.isSilent()).isTrue();
    drain();

    assertThat(runEchoing(1_250 * MS, 1_700 * MS, 10 * MS))
        .singleElement()
        .isInstanceOf(HealthOutput.HeardAgain.class);
    assertThat(runEchoing(1_700 * MS, 3_000 * MS, 10 * MS))
        .singleElement()
        .isInstanceOf(HealthOutput.SmallPacketsOnly.class);
  }

  @Test
  void aPathThatIsSilentAgainAndAgainAndAcknowledgesNothingCarriesSmallPacketsOnly() {
    health.handleRtt(10 * MS, 0);
    health.handleRecordsSent(0);
    List<HealthOutput> found = new ArrayList<>();

    for (long t = 0; t < 1_800; t += 900) {
      runUnanswered(t * MS, (t + 600) * MS);
      found.addAll(runEchoing((t + 601) * MS, (t + 899) * MS, 10 * MS));
    }

    assertThat(found)
        .extracting(Object::getClass)
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .containsExactly(
            HealthOutput.HeardAgain.class,
            HealthOutput.HeardAgain.class,
            HealthOutput.SmallPacketsOnly.class);
  }

  @Test
  void anAcknowledgedRecordEndsSmallPacketsOnly() {
    health.handleRtt(10 * MS, 0);
    health.handleRecordsSent(0);
    runEchoing(0, 2_000 * MS, 10 * MS);
    boolean before = health.carriesSmallPacketsOnly();

    health.handleAcknowledged(0, Deadlines.NEVER, 10, 2_010 * MS);

    assertThat(before).isTrue();
    assertThat(health.carriesSmallPacketsOnly()).isFalse();
  }

  @Test
  void lossComesFromThePacketCounters() {
    health.handlePacketCounts(1000, 10, 100 * MS);
    health.handlePacketCounts(2000, 50, 200 * MS);

    PathQuality quality = health.quality(200 * MS);

    assertThat(quality.loss()).isEqualTo(0.025);
    assertThat(quality.lossSamples()).isEqualTo(2000);
  }

  @Test
  void whatThePathBeforeLostIsForgottenWhenTheCarrierMoves() {
    health.handlePacketCounts(1_000, 100, 1_000 * MS);
    health.handleMoved(1_100 * MS);
    health.handlePacketCounts(1_200, 250, 2_000 * MS);
    assertThat(health.quality(2_000 * MS).loss()).isZero();

    health.handlePacketCounts(1_400, 250, 3_200 * MS);
    health.handlePacketCounts(1_500, 260, 4_200 * MS);
    assertThat(health.quality(4_200 * MS).loss()).isEqualTo(10.0 / 300);
  }

  @Test
  void aSkippedHeartbeatIsLost() {
    health.handleDeadline(0);
    health.handleDeadline(250 * MS);

    health.handleEcho(1, 260 * MS);

    assertThat(health.quality(260 * MS).loss()).isEqualTo(0.5);
  }

  @Test
  void qualityFallsWithDelayAndLossAndStaysWithinBounds() {
    double last = 1.0;
    for (long rttMs : new long[] {1, 20, 100, 400, 2000}) {
      PathHealth path = new PathHealth(PathHealthSettings.DEFAULT, 0);
      path.handleRtt(rttMs * MS, 0);
      double quality = path.quality(0).quality();
      assertThat(quality).isBetween(0.0, last).isLessThan(last);
      last = quality;
    }
    health.handleRtt(10 * MS, 0);
    double lossless = health.quality(0).quality();
    health.handlePacketCounts(1000, 50, MS);

    assertThat(lossless).isGreaterThan(0.9);
    assertThat(health.quality(MS).quality()).isLessThan(0.7);
  }

  @Test
  void bandwidthIsTheDeliveryRate() {
    health.handleRtt(10 * MS, 0);
    health.handleRecordsSent(0);

    health.handleAcknowledged(0, Deadlines.NEVER, 125_000, 100 * MS);

    assertThat(health.quality(100 * MS).bandwidthBps()).isEqualTo(10_000_000);
  }

  @Test
  void refusesIntervalsThatMakeNoSense() {
    assertThatThrownBy(() -> new PathHealthSettings(MS, 2 * MS, MS, MS))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aDoubtedPathThatAnswersNothingIsSilentSoon() {
    runEchoing(0, 3000 * MS, 10 * MS);
    long doubted = 3000 * MS + 1;
    health.handleDoubt(doubted);
    assertThat(health.nextDeadlineNanos()).isEqualTo(doubted);
    health.handleDeadline(doubted);
    assertThat(drain()).hasOnlyElementsOfType(HealthOutput.SendHeartbeat.class);
    runUnanswered(doubted, doubted + 79 * MS);
    assertThat(health.isSilent()).isFalse();
    runUnanswered(doubted + 79 * MS, doubted + 80 * MS);
    assertThat(health.isSilent()).isTrue();
  }

  @Test
  void aDoubtedPathThatAnswersIsDoubtedNoMore() {
    runEchoing(0, 3000 * MS, 10 * MS);
    health.handleDoubt(3000 * MS + 1);
    List<HealthOutput> others = runEchoing(3000 * MS + 1, 6000 * MS, 10 * MS);
    assertThat(others).isEmpty();
    assertThat(health.isSilent()).isFalse();
  }

  @Test
  void doubtCountsOnceASecondOnly() {
    runEchoing(0, 3000 * MS, 10 * MS);
    assertThat(health.handleDoubt(3000 * MS + 1)).isTrue();
    runEchoing(3000 * MS + 1, 3500 * MS, 10 * MS);
    assertThat(health.handleDoubt(3500 * MS)).isFalse();
    runEchoing(3500 * MS, 4001 * MS, 10 * MS);
    assertThat(health.handleDoubt(4001 * MS)).isTrue();
  }

  private void runUnanswered(long fromNanos, long untilNanos) {
    long now = fromNanos;
    while (now <= untilNanos) {
      if (health.nextDeadlineNanos() <= now) {
        health.handleDeadline(now);
      }
      now = Math.max(now + 1, health.nextDeadlineNanos());
    }
    drain();
  }
}
