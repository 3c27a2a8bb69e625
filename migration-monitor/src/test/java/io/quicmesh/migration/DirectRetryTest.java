package io.quicmesh.migration;

import static io.quicmesh.migration.Addresses.at;
import static io.quicmesh.migration.Addresses.ip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quicmesh.migration.RetryOutput.CancelDial;
import io.quicmesh.migration.RetryOutput.Dial;
import io.quicmesh.migration.RetryOutput.KeyMismatch;
import io.quicmesh.migration.RetryOutput.RoundConnected;
import io.quicmesh.migration.RetryOutput.RoundFailed;
import io.quicmesh.migration.RetryOutput.RoundStarted;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DirectRetryTest {

  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long TIMEOUT = 5 * SECOND;
  private static final Candidate A = new Candidate(at(1, 4433), CandidateKind.HOST);
  private static final Candidate B = new Candidate(at(2, 4433), CandidateKind.OBSERVED);

  private final DirectRetry retry = new DirectRetry(RetrySettings.DEFAULT, PathPolicy.NONE);

  private List<RetryOutput> drain() {
    List<RetryOutput> outputs = new ArrayList<>();
    for (RetryOutput o = retry.poll(); o != null; o = retry.poll()) {
      outputs.add(o);
    }
    return outputs;
  }

  private static List<Candidate> many(int count) {
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      candidates.add(new Candidate(at(i + 1, 4433), CandidateKind.HOST));
    }
    return candidates;
  }

  /** Lets the round that runs fail by timeout; returns when it did. */
  private long failRound() {
    long now = retry.nextDeadlineNanos();
    retry.handleDeadline(now);
    return now;
  }

  @Test
  void restsWithoutCandidates() {
    retry.handleRetryNow(0);

    assertThat(drain()).isEmpty();
    assertThat(retry.nextDeadlineNanos()).isEqualTo(Deadlines.NEVER);
  }

  @Test
  void dialsAllCandidatesAtOnce() {
    retry.handleCandidates(List.of(A, B), 0);

    assertThat(drain())
        .containsExactly(new RoundStarted(1), new Dial(1, A, TIMEOUT), new Dial(1, B, TIMEOUT));
    assertThat(retry.nextDeadlineNanos()).isEqualTo(TIMEOUT);
  }

  @Test
  void theFirstThatConnectsEndsTheRound() {
    retry.handleCandidates(List.of(A, B), 0);
    drain();

    retry.handleConnected(B, 12 * MS, 12 * MS);

    assertThat(drain()).containsExactly(new RoundConnected(1, B), new CancelDial(A));
    assertThat(retry.lastSuccessNanos()).isEqualTo(12 * MS);
    assertThat(retry.nextDeadlineNanos()).isEqualTo(Deadlines.NEVER);
    assertThat(retry.candidates())
        .containsExactly(
            new CandidateStatus(A, DialResult.CANCELLED, 0),
            new CandidateStatus(B, DialResult.CONNECTED, 12 * MS));
  }

  @Test
  void anUnreachableAddressTimesOutWithTheRetryArmedAndShown() {
    retry.handleCandidates(List.of(A), 0);
    drain();

    retry.handleDeadline(TIMEOUT);

    assertThat(drain())
        .containsExactly(
            new CancelDial(A), new RoundFailed(1, DialResult.TIMED_OUT, 1, 10 * SECOND));
    assertThat(retry.nextRetryNanos()).isEqualTo(10 * SECOND);
    assertThat(retry.candidates()).containsExactly(new CandidateStatus(A, DialResult.TIMED_OUT, 0));
  }

  @Test
  void waitsLongerAfterEveryFailureUpToFiveMinutes() {
    retry.handleCandidates(List.of(A), 0);
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 11; i++) {
      long failedAt = failRound();
      waits.add((retry.nextRetryNanos() - failedAt) / SECOND);
      retry.handleDeadline(retry.nextRetryNanos());
    }

    assertThat(waits).containsExactly(5L, 10L, 20L, 40L, 60L, 60L, 60L, 120L, 240L, 300L, 300L);
    assertThat(retry.failures()).isEqualTo(11);
    assertThat(retry.rounds()).isEqualTo(12);
  }

  @Test
  void saysTheMostTellingReason() {
    retry.handleCandidates(List.of(A, B), 0);
    retry.handleDialFailed(A, DialResult.REFUSED, MS);
    drain();

    retry.handleDeadline(TIMEOUT);

    assertThat(drain()).contains(new RoundFailed(1, DialResult.REFUSED, 1, 10 * SECOND));
  }

  @Test
  void refusalsEndTheRoundWithoutWaitingForTheTimeout() {
    retry.handleCandidates(List.of(A), 0);
    drain();

    retry.handleDialFailed(A, DialResult.REFUSED, MS);

    assertThat(drain()).containsExactly(new RoundFailed(1, DialResult.REFUSED, 1, 5 * SECOND + MS));
  }

  @Test
  void retriesAtOnceWhenTheNetworkChanges() {
    retry.handleCandidates(List.of(A), 0);
    failRound();
    drain();

    retry.handleNetworkChanged(6 * SECOND);

    assertThat(drain()).containsExactly(new RoundStarted(2), new Dial(2, A, TIMEOUT));
    failRound();
    assertThat(retry.nextRetryNanos()).isEqualTo(16 * SECOND);
  }

  @Test
  void aNetworkThatChangesAllTheTimeStartsOneRoundASecond() {
    retry.handleCandidates(List.of(A), 0);

    for (long t = 1; t <= 10_000; t++) {
      retry.handleNetworkChanged(t * MS);
      if (retry.nextDeadlineNanos() <= t * MS) {
        retry.handleDeadline(t * MS);
      }
    }

    assertThat(retry.rounds()).isEqualTo(11);
  }

  @Test
  void retriesAtOnceWhenTheCandidatesChange() {
    retry.handleCandidates(List.of(A), 0);
    failRound();
    drain();

    retry.handleCandidates(List.of(A, B), 7 * SECOND);

    assertThat(drain())
        .containsExactly(new RoundStarted(2), new Dial(2, A, TIMEOUT), new Dial(2, B, TIMEOUT));
  }

  @Test
  void theSameCandidatesAgainChangeNothing() {
    retry.handleCandidates(List.of(A, B), 0);
    failRound();
    drain();
    long next = retry.nextRetryNanos();

    retry.handleCandidates(List.of(B, A), 7 * SECOND);

    assertThat(drain()).isEmpty();
    assertThat(retry.nextRetryNanos()).isEqualTo(next);
  }

  @Test
  void joinsNewCandidatesToTheRoundThatRunsAndCancelsTheGone() {
    retry.handleCandidates(List.of(A), 0);
    drain();

    retry.handleCandidates(List.of(B), SECOND);

    assertThat(drain()).containsExactly(new CancelDial(A), new Dial(1, B, TIMEOUT));
  }

  @Test
  void aRoundWhoseCandidatesAreAllGoneFailsAndRests() {
    retry.handleCandidates(List.of(A), 0);
    drain();

    retry.handleCandidates(List.of(), SECOND);

    assertThat(drain())
        .containsExactly(
            new CancelDial(A), new RoundFailed(1, DialResult.TIMED_OUT, 1, Deadlines.NEVER));
    assertThat(retry.nextDeadlineNanos()).isEqualTo(Deadlines.NEVER);
  }

  @Test
  void waitsNoLongerForWhatIsGone() {
    retry.handleCandidates(List.of(A), 0);
    failRound();

    retry.handleCandidates(List.of(), 7 * SECOND);

    assertThat(retry.nextDeadlineNanos()).isEqualTo(Deadlines.NEVER);
  }

  @Test
  void keepsEightDialsInFlight() {
    retry.handleCandidates(many(12), 0);
    long atOnce = drain().stream().filter(o -> o instanceof Dial).count();

    retry.handleDialFailed(many(1).get(0), DialResult.REFUSED, MS);

    assertThat(atOnce).isEqualTo(8);
    assertThat(drain()).containsExactly(new Dial(1, many(9).get(8), TIMEOUT));
  }

  @Test
  void dialsTheRestAsTheFirstTimeOut() {
    retry.handleCandidates(many(12), 0);
    drain();

    retry.handleDeadline(TIMEOUT);

    assertThat(drain().stream().filter(o -> o instanceof Dial)).hasSize(4);
    assertThat(retry.nextDeadlineNanos()).isEqualTo(2 * TIMEOUT);
  }

  @Test
  void keepsThirtyCandidatesAndCountsTheRest() {
    retry.handleCandidates(many(45), 0);

    assertThat(retry.candidates()).hasSize(30);
    assertThat(retry.excessCandidates()).isEqualTo(15);
  }

  @Test
  void keepsAnAddressOnce() {
    retry.handleCandidates(List.of(A, new Candidate(A.address(), CandidateKind.OBSERVED)), 0);

    assertThat(retry.candidates()).extracting(CandidateStatus::candidate).containsExactly(A);
  }

  @Test
  void dialsPreferredPrefixesFirst() {
    PathPolicy policy = new PathPolicy(List.of(new PathPolicy.Prefix(ip(192, 0, 2, 2), 32)));
    DirectRetry preferring = new DirectRetry(RetrySettings.DEFAULT, policy);

    preferring.handleCandidates(List.of(A, B), 0);

    assertThat(preferring.candidates())
        .extracting(CandidateStatus::candidate)
        .containsExactly(B, A);
  }

  @Test
  void aWrongKeyIsAnAlertAndNotRetried() {
    retry.handleCandidates(List.of(A, B), 0);
    drain();
    retry.handleDialFailed(A, DialResult.KEY_MISMATCH, MS);
    List<RetryOutput> alert = drain();
    retry.handleDialFailed(B, DialResult.REFUSED, 2 * MS);
    drain();

    retry.handleDeadline(retry.nextRetryNanos());

    assertThat(alert).containsExactly(new KeyMismatch(A));
    assertThat(drain()).containsExactly(new RoundStarted(2), new Dial(2, B, TIMEOUT));
  }

  @Test
  void onlyWrongKeysArmNoRetry() {
    retry.handleCandidates(List.of(A), 0);
    drain();

    retry.handleDialFailed(A, DialResult.KEY_MISMATCH, MS);

    assertThat(drain())
        .containsExactly(
            new KeyMismatch(A), new RoundFailed(1, DialResult.KEY_MISMATCH, 1, Deadlines.NEVER));
    assertThat(retry.nextDeadlineNanos()).isEqualTo(Deadlines.NEVER);
    retry.handleRetryNow(60 * SECOND);
    assertThat(drain()).isEmpty();
  }

  @Test
  void anotherNetworkGivesAWrongKeyAnotherChance() {
    retry.handleCandidates(List.of(A), 0);
    retry.handleDialFailed(A, DialResult.KEY_MISMATCH, MS);
    drain();

    retry.handleNetworkChanged(60 * SECOND);

    assertThat(drain()).containsExactly(new RoundStarted(2), new Dial(2, A, TIMEOUT));
  }

  @Test
  void aConnectionThatThePeerDialledEndsTheRoundToo() {
    retry.handleCandidates(List.of(A), 0);
    drain();

    retry.handleDirectUp(MS);

    assertThat(drain()).containsExactly(new CancelDial(A));
    assertThat(retry.nextDeadlineNanos()).isEqualTo(Deadlines.NEVER);
  }

  @Test
  void doesNotDialWhileConnected() {
    retry.handleCandidates(List.of(A), 0);
    retry.handleDirectUp(MS);
    drain();

    retry.handleCandidates(List.of(A, B), SECOND);
    retry.handleNetworkChanged(2 * SECOND);
    retry.handleRetryNow(3 * SECOND);

    assertThat(drain()).isEmpty();
  }

  @Test
  void retriesFiveSecondsAfterALoss() {
    retry.handleCandidates(List.of(A), 0);
    retry.handleDirectUp(MS);
    drain();

    retry.handleDirectLost(100 * SECOND);

    assertThat(retry.nextRetryNanos()).isEqualTo(105 * SECOND);
    retry.handleDeadline(105 * SECOND);
    assertThat(drain()).containsExactly(new RoundStarted(2), new Dial(2, A, TIMEOUT));
  }

  @Test
  void theOperatorNeedNotWait() {
    retry.handleCandidates(List.of(A), 0);
    failRound();
    drain();

    retry.handleRetryNow(6 * SECOND);

    assertThat(drain()).contains(new RoundStarted(2));
    retry.handleRetryNow(6 * SECOND + MS);
    assertThat(drain()).isEmpty();
  }

  @Test
  void lateAnswersAreIgnored() {
    retry.handleCandidates(List.of(A), 0);
    failRound();
    drain();

    retry.handleConnected(A, MS, 6 * SECOND);
    retry.handleDialFailed(A, DialResult.REFUSED, 6 * SECOND);
    retry.handleDialFailed(B, DialResult.REFUSED, 6 * SECOND);
    retry.handleDirectLost(6 * SECOND);

    assertThat(drain()).isEmpty();
    assertThat(retry.nextRetryNanos()).isEqualTo(10 * SECOND);
  }

  @Test
  void refusesSettingsThatMakeNoSense() {
    assertThatThrownBy(() -> new RetrySettings(10, 5, 20, 1, 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RetrySettings(5, 10, 20, 1, 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
