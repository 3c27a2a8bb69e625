package io.quicmesh.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.migration.BlackHoleDetector.Verdict;
import org.junit.jupiter.api.Test;

class BlackHoleDetectorTest {

  private static final long MS = 1_000_000L;

  private final BlackHoleDetector detector = new BlackHoleDetector();

  @Test
  void anUplinkOnWhichTwoRoundsOfQuestionsStayUnansweredIsABlackHole() {
    assertThat(detector.handleSilent(0)).isEqualTo(Verdict.ASK);
    assertThat(detector.nextDeadlineNanos()).isEqualTo(200 * MS);
    assertThat(detector.handleDeadline(200 * MS)).isEqualTo(Verdict.ASK);
    assertThat(detector.handleDeadline(400 * MS)).isEqualTo(Verdict.BLACK_HOLE);
    assertThat(detector.nextDeadlineNanos()).isEqualTo(Deadlines.NEVER);
  }

  @Test
  void oneAnswerAcquitsIt() {
    detector.handleSilent(0);
    detector.handleDeadline(200 * MS);
    detector.handleEcho(200 * MS);

    assertThat(detector.handleDeadline(400 * MS)).isEqualTo(Verdict.NOTHING);
    assertThat(detector.nextDeadlineNanos()).isEqualTo(Deadlines.NEVER);
  }

  @Test
  void anAnswerToWhatWasSentBeforeSaysNothing() {
    detector.handleSilent(100 * MS);
    detector.handleEcho(99 * MS);

    assertThat(detector.nextDeadlineNanos()).isEqualTo(300 * MS);
  }

  @Test
  void aRoundWhoseEndThisProcessNoticedLateDoesNotCount() {
    detector.handleSilent(0);

    assertThat(detector.handleDeadline(300 * MS)).isEqualTo(Verdict.ASK);
    assertThat(detector.handleDeadline(500 * MS)).isEqualTo(Verdict.ASK);
    assertThat(detector.handleDeadline(700 * MS)).isEqualTo(Verdict.BLACK_HOLE);
  }

  @Test
  void furtherSilentPathsChangeNothingMeanwhile() {
    detector.handleSilent(0);

    assertThat(detector.handleSilent(100 * MS)).isEqualTo(Verdict.NOTHING);
    assertThat(detector.nextDeadlineNanos()).isEqualTo(200 * MS);
  }
}
