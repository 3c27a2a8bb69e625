package io.quicmesh.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.node.RelayPings.Step;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class RelayPingsTest {

  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private long nowNanos = -10_000 * MILLI;
  private final RelayPings pings = new RelayPings(nowNanos);

  @Test
  void asksAfterASecond() {
    pings.handleConnected(nowNanos);

    assertThat(after(999)).isEqualTo(Step.WAIT);
    assertThat(after(1)).isEqualTo(Step.ASK);
  }

  @Test
  void losesARelayThatDoesNotAnswerInTime() {
    ask();

    assertThat(after(1499)).isEqualTo(Step.WAIT);
    assertThat(after(1)).isEqualTo(Step.LOST);
  }

  @Test
  void asksAgainWhenItWasAnswered() {
    ask();
    long asked = nowNanos;
    nowNanos += 20 * MILLI;
    pings.handleAnswer(asked, nowNanos);

    assertThat(pings.rttNanos()).isEqualTo(20 * MILLI);
    assertThat(after(979)).isEqualTo(Step.WAIT);
    assertThat(after(1)).isEqualTo(Step.ASK);
  }

  @Test
  void takesNoAnswerToAnEarlierQuestionOrOneNeverAsked() {
    ask();
    pings.handleAnswer(nowNanos - 1, nowNanos);
    pings.handleAnswer(nowNanos + MILLI, nowNanos);

    assertThat(pings.rttNanos()).isEqualTo(-1);
    assertThat(after(1500)).isEqualTo(Step.LOST);
  }

  @Test
  void givesAConnectionThatMovesTimeForIt() {
    ask();
    pings.handleNetworkChanged(nowNanos);

    assertThat(after(4999)).isEqualTo(Step.WAIT);
    assertThat(after(1)).isEqualTo(Step.LOST);
  }

  @Test
  void isDueWhenSomethingIsToBeDone() {
    pings.handleConnected(nowNanos);
    assertThat(pings.nextDeadlineNanos()).isEqualTo(nowNanos + 1000 * MILLI);

    ask();
    assertThat(pings.nextDeadlineNanos()).isEqualTo(nowNanos + 1500 * MILLI);
  }

  @Test
  void forgetsTheRoundTripTimeWithTheConnection() {
    ask();
    pings.handleAnswer(nowNanos, nowNanos + MILLI);
    pings.handleDisconnected();

    assertThat(pings.rttNanos()).isEqualTo(-1);
  }

  private void ask() {
    pings.handleConnected(nowNanos);
    assertThat(after(1000)).isEqualTo(Step.ASK);
  }

  private Step after(long millis) {
    nowNanos += millis * MILLI;
    return pings.handleDeadline(nowNanos);
  }
}
