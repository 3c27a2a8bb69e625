package io.quicmesh.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class HandoverHistoryTest {

  private static final Instant WALL = Instant.parse("2026-03-01T12:00:00Z");
  private static final CarrierId RELAY = new CarrierId(CarrierKind.RELAY, "a:4433");
  private static final CarrierId DIRECT = new CarrierId(CarrierKind.DIRECT, "d");

  private final HandoverHistory history = new HandoverHistory();

  private static HandoverReport report(CarrierId to, HandoverCause cause, HandoverResult result) {
    long millis = TimeUnit.MILLISECONDS.toNanos(20);
    return new HandoverReport(
        RELAY,
        to.kind(),
        to,
        cause,
        false,
        result,
        null,
        HandoverState.CLOSING_RELAY,
        List.of(
            new HandoverStep(HandoverState.RESUMING, millis),
            new HandoverStep(HandoverState.SWITCHING, millis)),
        0,
        0,
        to);
  }

  @Test
  void keepsTheLastHundredOfAPeerNewestFirst() {
    for (int i = 0; i < 250; i++) {
      HandoverReport done = report(DIRECT, HandoverCause.FORCED, HandoverResult.DONE);
      history.handleReport("b", done, WALL.plusSeconds(i));
    }

    assertThat(history.of("b")).hasSize(100);
    assertThat(history.of("b").get(0).time()).isEqualTo(WALL.plusSeconds(249).minusMillis(40));
    assertThat(history.count(HandoverCause.FORCED, HandoverResult.DONE)).isEqualTo(250);
  }

  @Test
  void listsAllPeersNewestFirst() {
    HandoverReport done = report(DIRECT, HandoverCause.FORCED, HandoverResult.DONE);
    history.handleReport("b", done, WALL);
    history.handleReport("c", done, WALL.plusSeconds(1));
    history.handleReport("b", done, WALL.plusSeconds(2));

    assertThat(history.all()).extracting(HandoverRecord::peer).containsExactly("b", "c", "b");
  }

  @Test
  void countsByCauseAndResult() {
    history.handleReport("b", report(DIRECT, HandoverCause.SILENCE, HandoverResult.FAILED), WALL);
    history.handleReport("b", report(DIRECT, HandoverCause.SILENCE, HandoverResult.DONE), WALL);

    assertThat(history.count(HandoverCause.SILENCE, HandoverResult.FAILED)).isEqualTo(1);
    assertThat(history.count(HandoverCause.SILENCE, HandoverResult.DONE)).isEqualTo(1);
    assertThat(history.count(HandoverCause.DEAD, HandoverResult.DONE)).isZero();
  }

  @Test
  void measuresOnlyWhatSucceeded() {
    history.handleReport("b", report(DIRECT, HandoverCause.SILENCE, HandoverResult.FAILED), WALL);
    history.handleReport("b", report(DIRECT, HandoverCause.SILENCE, HandoverResult.DONE), WALL);

    Histogram durations = history.durationMicros();
    assertThat(durations.getTotalCount()).isEqualTo(1);
    assertThat(durations.valuesAreEquivalent(durations.getMaxValue(), 40_000)).isTrue();
  }

  @Test
  void doesNotKeepARenewalOfKeysOnTheSameCarrier() {
    history.handleReport("b", report(RELAY, HandoverCause.PEER, HandoverResult.DONE), WALL);

    assertThat(history.of("b")).isEmpty();
    assertThat(history.count(HandoverCause.PEER, HandoverResult.DONE)).isZero();
  }

  @Test
  void forgetsAPeerThatIsGone() {
    history.handleReport("b", report(DIRECT, HandoverCause.FORCED, HandoverResult.DONE), WALL);

    history.handlePeerGone("b");

    assertThat(history.of("b")).isEmpty();
    assertThat(history.all()).isEmpty();
    assertThat(history.count(HandoverCause.FORCED, HandoverResult.DONE)).isEqualTo(1);
  }
}
