package io.quicmesh.migration;

import static io.quicmesh.migration.Addresses.at;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dials balance, bounds hold and a retry is always armed, whatever the order of facts. */
class DirectRetryRandomTest {

  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void dialsBalanceAndARetryIsAlwaysArmed(long seed) {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    DirectRetry retry = new DirectRetry(RetrySettings.DEFAULT, PathPolicy.NONE);
    Set<Candidate> dialling = new HashSet<>();
    boolean connected = false;
    long now = 0;
    long rounds = 0;

    for (int i = 0; i < 20_000; i++) {
      now += random.nextInt(400) * MS;
      Candidate candidate = new Candidate(at(1 + random.nextInt(40), 4433), CandidateKind.HOST);
      switch (random.nextInt(10)) {
        case 0 -> {
          if (random.nextInt(20) == 0) {
            retry.handleCandidates(candidates(random), now);
          }
        }
        case 1 -> {
          if (random.nextInt(10) == 0) {
            retry.handleNetworkChanged(now);
          }
        }
        case 2 -> {
          connected |= dialling.contains(candidate);
          retry.handleConnected(candidate, MS, now);
        }
        case 3 -> retry.handleDialFailed(candidate, DialResult.REFUSED, now);
        case 4 -> retry.handleDialFailed(candidate, DialResult.KEY_MISMATCH, now);
        case 5 -> {
          if (random.nextInt(5) == 0) {
            retry.handleDirectLost(now);
            connected = false;
          }
        }
        case 6 -> {
          if (random.nextInt(100) == 0) {
            retry.handleDirectUp(now);
            connected = true;
          }
        }
        case 7 -> retry.handleRetryNow(now);
        default -> retry.handleDialFailed(candidate, DialResult.HANDSHAKE_FAILED, now);
      }
      retry.handleDeadline(now);
      for (RetryOutput o = retry.poll(); o != null; o = retry.poll()) {
        if (o instanceof RetryOutput.Dial dial) {
          assertThat(dialling.add(dial.candidate())).as("dialled once, step %d", i).isTrue();
        } else if (o instanceof RetryOutput.CancelDial cancel) {
          assertThat(dialling.remove(cancel.candidate())).as("step %d", i).isTrue();
        } else if (o instanceof RetryOutput.RoundStarted started) {
          assertThat(started.round()).isEqualTo((int) ++rounds);
        }
        settle(retry, dialling);
      }
      settle(retry, dialling);
      assertThat(dialling.size()).isLessThanOrEqualTo(8);
      if (connected) {
        assertThat(dialling).isEmpty();
        assertThat(retry.nextDeadlineNanos()).isEqualTo(Deadlines.NEVER);
      } else if (canDial(retry)) {
        assertThat(retry.nextDeadlineNanos()).as("armed, step %d", i).isNotEqualTo(Deadlines.NEVER);
      }
      assertThat(retry.nextDeadlineNanos()).isGreaterThan(now);
    }
    assertThat(rounds).isGreaterThan(20);
  }

  private static boolean canDial(DirectRetry retry) {
    return retry.candidates().stream().anyMatch(c -> c.result() != DialResult.KEY_MISMATCH);
  }

  /** Drops what ended by a fact that we gave ourselves, once its output is drained. */
  private static void settle(DirectRetry retry, Set<Candidate> dialling) {
    for (CandidateStatus status : retry.candidates()) {
      if (status.result() == DialResult.CONNECTED
          || status.result() == DialResult.REFUSED
          || status.result() == DialResult.KEY_MISMATCH
          || status.result() == DialResult.HANDSHAKE_FAILED) {
        dialling.remove(status.candidate());
      }
    }
  }

  private static List<Candidate> candidates(Random random) {
    List<Candidate> candidates = new ArrayList<>();
    for (int i = random.nextInt(40); i > 0; i--) {
      candidates.add(new Candidate(at(1 + random.nextInt(40), 4433), CandidateKind.HOST));
    }
    return candidates;
  }
}
