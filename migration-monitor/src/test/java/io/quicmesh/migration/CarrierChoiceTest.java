package io.quicmesh.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.migration.ChoiceOutput.Move;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CarrierChoiceTest {

  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final CarrierId DIRECT = new CarrierId(CarrierKind.DIRECT, "d1");
  private static final CarrierId RELAY_A = new CarrierId(CarrierKind.RELAY, "a:4433");
  private static final CarrierId RELAY_B = new CarrierId(CarrierKind.RELAY, "b:4433");

  private final CarrierChoice choice = new CarrierChoice(ChoiceSettings.DEFAULT);

  private void establishOn(CarrierId carrier) {
    choice.handleCarrierUp(carrier, 0);
    choice.handleEstablished(carrier, 0);
    drop();
  }

  private void drop() {
    while (choice.poll() != null) {}
  }

  private @Nullable Move move() {
    return (Move) choice.poll();
  }

  /** Takes the move that must be there, and lets its handover succeed. */
  private Move carryOut(long nowNanos) {
    Move move = move();
    assertThat(move).isNotNull();
    if (move == null) {
      throw new AssertionError();
    }
    choice.handleHandoverEnded(
        Reports.ended(move.to(), move.to(), HandoverResult.DONE, move.cause()), nowNanos);
    return move;
  }

  @Test
  void staysWithTheOnlyCarrier() {
    establishOn(RELAY_A);

    choice.handleMeasured(RELAY_A, Qualities.rtt(900), SECOND);

    assertThat(move()).isNull();
    assertThat(choice.current()).isEqualTo(RELAY_A);
  }

  @Test
  void movesToDirectAsSoonAsItIsUp() {
    establishOn(RELAY_A);

    choice.handleCarrierUp(DIRECT, SECOND);

    Move move = carryOut(SECOND + 50 * MS);
    assertThat(move.from()).isEqualTo(RELAY_A);
    assertThat(move.to()).isEqualTo(DIRECT);
    assertThat(move.cause()).isEqualTo(HandoverCause.PREFER_DIRECT);
    assertThat(choice.current()).isEqualTo(DIRECT);
    assertThat(choice.currentSinceNanos()).isEqualTo(SECOND + 50 * MS);
    assertThat(move()).isNull();
  }

  @Test
  void prefersDirectThoughTheRelayIsSomewhatQuicker() {
    establishOn(DIRECT);
    choice.handleCarrierUp(RELAY_A, 0);

    for (long t = 1; t < 60; t++) {
      choice.handleMeasured(DIRECT, Qualities.rtt(60), t * SECOND);
      choice.handleMeasured(RELAY_A, Qualities.rtt(20), t * SECOND);
    }

    assertThat(move()).isNull();
  }

  @Test
  void fallsBackToTheWarmRelayOnSilence() {
    establishOn(DIRECT);
    choice.handleCarrierUp(RELAY_A, 0);

    choice.handleSilent(DIRECT, SECOND);

    Move move = move();
    assertThat(move).extracting("to", "cause").containsExactly(RELAY_A, HandoverCause.SILENCE);
  }

  @Test
  void wantsAgainSoonWhatCouldNotBegin() {
    establishOn(DIRECT);
    choice.handleCarrierUp(RELAY_A, 0);
    choice.handleSilent(DIRECT, SECOND);
    assertThat(move()).isNotNull();

    choice.handleNotBegun(SECOND);
    assertThat(move()).isNull();
    assertThat(choice.nextDeadlineNanos()).isEqualTo(SECOND + 200 * MS);

    choice.handleDeadline(SECOND + 200 * MS);
    assertThat(move()).extracting("to").isEqualTo(RELAY_A);
  }

  @Test
  void fallsBackWhenTheDirectCarrierDies() {
    establishOn(DIRECT);
    choice.handleCarrierUp(RELAY_A, 0);

    choice.handleCarrierDown(DIRECT, SECOND);

    assertThat(carryOut(SECOND).cause()).isEqualTo(HandoverCause.DEAD);
    assertThat(choice.current()).isEqualTo(RELAY_A);
  }

  @Test
  void leavesAPathThatCarriesSmallPacketsOnly() {
    establishOn(DIRECT);
    choice.handleCarrierUp(RELAY_A, 0);

    choice.handleSmallPacketsOnly(DIRECT, true, SECOND);

    assertThat(carryOut(SECOND).cause()).isEqualTo(HandoverCause.SMALL_PACKETS);
  }

  @Test
  void takesTheQuickerOfTwoRelays() {
    choice.handleCarrierUp(RELAY_A, 0);
    drop();
    choice.handleEstablished(RELAY_A, 0);
    choice.handleCarrierUp(RELAY_B, 0);
    choice.handleMeasured(RELAY_A, Qualities.rtt(50), 6 * SECOND);

    choice.handleMeasured(RELAY_B, Qualities.rtt(44), 6 * SECOND);

    Move move = carryOut(6 * SECOND);
    assertThat(move.to()).isEqualTo(RELAY_B);
    assertThat(move.cause()).isEqualTo(HandoverCause.BETTER);
  }

  @Test
  void doesNotMoveForLessThanFiveMilliseconds() {
    establishOn(RELAY_A);
    choice.handleCarrierUp(RELAY_B, 0);
    choice.handleMeasured(RELAY_A, Qualities.rtt(20), 6 * SECOND);

    choice.handleMeasured(RELAY_B, Qualities.rtt(15), 6 * SECOND);
    boolean atTheMargin = move() != null;
    choice.handleMeasured(RELAY_B, Qualities.rtt(14), 6 * SECOND);

    assertThat(atTheMargin).isFalse();
    assertThat(move()).extracting("to").isEqualTo(RELAY_B);
  }

  @Test
  void doesNotMoveForLessThanATenth() {
    establishOn(RELAY_A);
    choice.handleCarrierUp(RELAY_B, 0);
    choice.handleMeasured(RELAY_A, Qualities.rtt(200), 6 * SECOND);

    choice.handleMeasured(RELAY_B, Qualities.rtt(180), 6 * SECOND);
    boolean atTheMargin = move() != null;
    choice.handleMeasured(RELAY_B, Qualities.rtt(179), 6 * SECOND);

    assertThat(atTheMargin).isFalse();
    assertThat(move()).extracting("to").isEqualTo(RELAY_B);
  }

  @Test
  void givesACarrierTimeBeforeItIsLeftForABetterOne() {
    establishOn(RELAY_A);
    choice.handleCarrierUp(RELAY_B, 0);
    choice.handleMeasured(RELAY_A, Qualities.rtt(200), SECOND);

    choice.handleMeasured(RELAY_B, Qualities.rtt(20), 4 * SECOND);
    boolean early = move() != null;
    choice.handleMeasured(RELAY_B, Qualities.rtt(20), 5 * SECOND);

    assertThat(early).isFalse();
    assertThat(move()).extracting("to").isEqualTo(RELAY_B);
  }

  @Test
  void lossWeighsAgainstACarrier() {
    establishOn(RELAY_A);
    choice.handleCarrierUp(RELAY_B, 0);
    choice.handleMeasured(RELAY_A, Qualities.loss(20, 0.05, 500), 6 * SECOND);

    choice.handleMeasured(RELAY_B, Qualities.rtt(40), 6 * SECOND);

    assertThat(move()).extracting("to").isEqualTo(RELAY_B);
  }

  @Test
  void asksForOneHandoverAtATime() {
    establishOn(RELAY_A);
    choice.handleCarrierUp(DIRECT, SECOND);
    drop();

    choice.handleMeasured(DIRECT, Qualities.rtt(10), 2 * SECOND);
    choice.handleCarrierUp(RELAY_B, 2 * SECOND);

    assertThat(move()).isNull();
  }

  @Test
  void choosesAnewWhenTheTargetIsLost() {
    establishOn(DIRECT);
    choice.handleCarrierUp(RELAY_A, 0);
    choice.handleCarrierUp(RELAY_B, 0);
    choice.handleSilent(DIRECT, SECOND);
    Move first = move();

    choice.handleSilent(RELAY_A, SECOND + 100 * MS);
    Move second = move();
    choice.handleCarrierDown(RELAY_B, SECOND + 200 * MS);

    assertThat(first).extracting("to").isEqualTo(RELAY_A);
    assertThat(second).extracting("to").isEqualTo(RELAY_B);
    assertThat(move()).isNull();
    assertThat(choice.decision()).isNotNull();
  }

  @Test
  void neverChoosesASilentCarrier() {
    establishOn(RELAY_A);
    choice.handleCarrierUp(RELAY_B, 0);
    choice.handleSilent(RELAY_B, 0);

    choice.handleSilent(RELAY_A, SECOND);

    assertThat(move()).isNull();
    choice.handleHeardAgain(RELAY_B, 2 * SECOND);
    assertThat(move()).extracting("to").isEqualTo(RELAY_B);
  }

  @Test
  void aFailedHandoverIsNotRepeatedAtOnce() {
    establishOn(RELAY_A);
    choice.handleCarrierUp(DIRECT, 0);
    Move move = move();

    choice.handleHandoverEnded(
        Reports.ended(DIRECT, RELAY_A, HandoverResult.FAILED, HandoverCause.PREFER_DIRECT), SECOND);
    boolean atOnce = move() != null;
    long retryAt = choice.nextDeadlineNanos();
    while (retryAt < 3 * SECOND) {
      choice.handleDeadline(retryAt);
      retryAt = choice.nextDeadlineNanos();
    }
    choice.handleDeadline(retryAt);

    assertThat(move).isNotNull();
    assertThat(atOnce).isFalse();
    assertThat(retryAt).isEqualTo(3 * SECOND);
    assertThat(move()).extracting("to").isEqualTo(DIRECT);
  }

  @Test
  void failuresBackOffLonger() {
    establishOn(RELAY_A);
    choice.handleCarrierUp(DIRECT, 0);
    drop();
    choice.handleHandoverEnded(
        Reports.ended(DIRECT, RELAY_A, HandoverResult.FAILED, HandoverCause.PREFER_DIRECT), 0);
    choice.handleDeadline(200 * MS);
    choice.handleDeadline(2 * SECOND);
    drop();

    choice.handleHandoverEnded(
        Reports.ended(DIRECT, RELAY_A, HandoverResult.FAILED, HandoverCause.PREFER_DIRECT),
        2 * SECOND);
    choice.handleDeadline(choice.nextDeadlineNanos());

    assertThat(choice.nextDeadlineNanos()).isEqualTo(6 * SECOND);
  }

  @Test
  void theLastResortIsTriedAgainSoon() {
    establishOn(DIRECT);
    choice.handleCarrierUp(RELAY_A, 0);
    choice.handleCarrierDown(DIRECT, SECOND);
    drop();

    choice.handleHandoverEnded(
        Reports.ended(RELAY_A, null, HandoverResult.FAILED, HandoverCause.DEAD), SECOND);
    boolean atOnce = move() != null;
    choice.handleDeadline(SECOND + 200 * MS);

    assertThat(atOnce).isFalse();
    assertThat(move()).extracting("to").isEqualTo(RELAY_A);
  }

  @Test
  void anAbandonedHandoverDoesNotCountAgainstItsTarget() {
    establishOn(DIRECT);
    choice.handleCarrierUp(RELAY_A, 0);
    choice.handleSilent(DIRECT, SECOND);
    drop();
    choice.handleHeardAgain(DIRECT, SECOND + 10 * MS);
    choice.handleHandoverEnded(
        Reports.ended(RELAY_A, DIRECT, HandoverResult.ABANDONED, HandoverCause.SILENCE),
        SECOND + 20 * MS);

    choice.handleSilent(DIRECT, 2 * SECOND);

    assertThat(move()).extracting("to").isEqualTo(RELAY_A);
  }

  @Test
  void returnsToADirectPathOnlyAfterItsHoldDown() {
    establishOn(DIRECT);
    choice.handleCarrierUp(RELAY_A, 0);
    choice.handleSilent(DIRECT, SECOND);
    carryOut(SECOND);

    choice.handleHeardAgain(DIRECT, 2 * SECOND);
    boolean atOnce = move() != null;
    long deadline = choice.nextDeadlineNanos();
    choice.handleDeadline(deadline);

    assertThat(atOnce).isFalse();
    assertThat(deadline).isEqualTo(6 * SECOND);
    assertThat(carryOut(deadline).cause()).isEqualTo(HandoverCause.RECOVERED);
  }

  @Test
  void aNewDirectConnectionInheritsTheHoldDownOfItsPath() {
    establishOn(DIRECT);
    choice.handleCarrierUp(RELAY_A, 0);
    choice.handleCarrierDown(DIRECT, SECOND);
    carryOut(SECOND);

    choice.handleCarrierUp(new CarrierId(CarrierKind.DIRECT, "d2"), 2 * SECOND);

    assertThat(move()).isNull();
    assertThat(choice.nextDeadlineNanos()).isEqualTo(6 * SECOND);
  }

  @Test
  void aHeldDownCarrierIsBetterThanNone() {
    establishOn(DIRECT);
    choice.handleCarrierUp(RELAY_A, 0);
    choice.handleSilent(DIRECT, SECOND);
    carryOut(SECOND);
    choice.handleHeardAgain(DIRECT, 2 * SECOND);

    choice.handleCarrierDown(RELAY_A, 2 * SECOND + MS);

    assertThat(carryOut(2 * SECOND + MS).to()).isEqualTo(DIRECT);
  }

  @Test
  void leavesADirectPathThatIsMeasurablyWorseAndReturnsWhenItRecovers() {
    establishOn(DIRECT);
    choice.handleCarrierUp(RELAY_A, 0);
    choice.handleMeasured(RELAY_A, Qualities.rtt(20), SECOND);
    choice.handleMeasured(DIRECT, Qualities.loss(15, 0.1, 1000), SECOND);
    choice.handleDeadline(choice.nextDeadlineNanos());
    Move out = carryOut(4 * SECOND);

    choice.handleMeasured(DIRECT, Qualities.rtt(15), 10 * SECOND);
    choice.handleDeadline(13 * SECOND);
    boolean recoveredAtOnce = move() != null;
    choice.handleDeadline(17 * SECOND);
    Move back = carryOut(17 * SECOND);

    assertThat(out.cause()).isEqualTo(HandoverCause.WORSE);
    assertThat(out.to()).isEqualTo(RELAY_A);
    assertThat(recoveredAtOnce).isFalse();
    assertThat(back.cause()).isEqualTo(HandoverCause.RECOVERED);
  }

  @Test
  void aWorseDirectPathIsBetterThanASilentRelay() {
    establishOn(DIRECT);
    choice.handleCarrierUp(RELAY_A, 0);
    choice.handleMeasured(RELAY_A, Qualities.rtt(20), SECOND);
    choice.handleMeasured(DIRECT, Qualities.rtt(300), SECOND);
    choice.handleDeadline(4 * SECOND);
    carryOut(4 * SECOND);

    choice.handleSilent(RELAY_A, 5 * SECOND);

    assertThat(move()).extracting("to").isEqualTo(DIRECT);
  }

  @Test
  void leavesARelayThatDrains() {
    establishOn(RELAY_A);
    choice.handleCarrierUp(RELAY_B, 0);

    choice.handleLeaving(RELAY_A, HandoverCause.DRAIN, SECOND);

    Move move = carryOut(SECOND);
    assertThat(move.to()).isEqualTo(RELAY_B);
    assertThat(move.cause()).isEqualTo(HandoverCause.DRAIN);
  }

  @Test
  void staysOnADrainingRelayWhileThereIsNoOther() {
    establishOn(RELAY_A);

    choice.handleLeaving(RELAY_A, HandoverCause.DRAIN, SECOND);

    assertThat(move()).isNull();
  }

  @Test
  void renewsADirectConnectionWithoutFallingBack() {
    establishOn(DIRECT);
    choice.handleCarrierUp(RELAY_A, 0);
    CarrierId renewed = new CarrierId(CarrierKind.DIRECT, "d2");
    choice.handleCarrierUp(renewed, SECOND);
    drop();

    choice.handleLeaving(DIRECT, HandoverCause.RENEWAL, SECOND);

    Move move = carryOut(SECOND);
    assertThat(move.to()).isEqualTo(renewed);
    assertThat(move.cause()).isEqualTo(HandoverCause.RENEWAL);
  }

  @Test
  void theOperatorsWordCountsUntilItsHoldEnds() {
    establishOn(DIRECT);
    choice.handleCarrierUp(RELAY_A, 0);

    choice.handleForced(CarrierKind.RELAY, null, 60 * SECOND, SECOND);
    Move forced = carryOut(SECOND);
    choice.handleMeasured(DIRECT, Qualities.rtt(1), 30 * SECOND);
    boolean duringHold = move() != null;
    choice.handleDeadline(61 * SECOND);

    assertThat(forced.cause()).isEqualTo(HandoverCause.FORCED);
    assertThat(forced.to()).isEqualTo(RELAY_A);
    assertThat(duringHold).isFalse();
    assertThat(carryOut(61 * SECOND).to()).isEqualTo(DIRECT);
  }

  @Test
  void theOperatorMayNameTheRelay() {
    establishOn(DIRECT);
    choice.handleCarrierUp(RELAY_A, 0);
    choice.handleCarrierUp(RELAY_B, 0);
    choice.handleMeasured(RELAY_A, Qualities.rtt(1), 0);

    choice.handleForced(CarrierKind.RELAY, "b:4433", 60 * SECOND, SECOND);

    assertThat(move()).extracting("to").isEqualTo(RELAY_B);
  }

  @Test
  void connectivityComesBeforeTheOperatorsWord() {
    establishOn(DIRECT);
    choice.handleCarrierUp(RELAY_A, 0);
    choice.handleForced(CarrierKind.RELAY, null, 60 * SECOND, SECOND);
    carryOut(SECOND);

    choice.handleSilent(RELAY_A, 2 * SECOND);
    Move away = carryOut(2 * SECOND);
    choice.handleHeardAgain(RELAY_A, 3 * SECOND);
    Move back = carryOut(3 * SECOND);

    assertThat(away.to()).isEqualTo(DIRECT);
    assertThat(back.to()).isEqualTo(RELAY_A);
    assertThat(back.cause()).isEqualTo(HandoverCause.FORCED);
  }

  @Test
  void theOperatorsWordOverridesTheHoldDown() {
    establishOn(DIRECT);
    choice.handleCarrierUp(RELAY_A, 0);
    choice.handleSilent(DIRECT, SECOND);
    carryOut(SECOND);
    choice.handleHeardAgain(DIRECT, 2 * SECOND);

    choice.handleForced(CarrierKind.DIRECT, null, SECOND, 2 * SECOND);

    assertThat(move()).extracting("to").isEqualTo(DIRECT);
  }

  @Test
  void releasingTheForceReturnsToTheBestCarrier() {
    establishOn(DIRECT);
    choice.handleCarrierUp(RELAY_A, 0);
    choice.handleForced(CarrierKind.RELAY, null, 600 * SECOND, SECOND);
    carryOut(SECOND);

    choice.handleForceReleased(2 * SECOND);

    assertThat(carryOut(2 * SECOND).to()).isEqualTo(DIRECT);
    assertThat(choice.nextDeadlineNanos()).isEqualTo(Deadlines.NEVER);
  }

  @Test
  void aForceThatNothingSatisfiesWaits() {
    establishOn(RELAY_A);
    choice.handleForced(CarrierKind.DIRECT, null, 60 * SECOND, SECOND);
    boolean moved = move() != null;

    choice.handleCarrierUp(DIRECT, 2 * SECOND);

    assertThat(moved).isFalse();
    assertThat(move()).extracting("cause").isEqualTo(HandoverCause.FORCED);
  }

  @Test
  void doesNotUndoWhatThePeerDidForAReason() {
    establishOn(DIRECT);
    choice.handleCarrierUp(RELAY_A, 0);

    choice.handleHandoverEnded(
        Reports.ended(RELAY_A, RELAY_A, HandoverResult.DONE, HandoverCause.PEER), SECOND);

    assertThat(move()).isNull();
    assertThat(choice.current()).isEqualTo(RELAY_A);
    assertThat(choice.nextDeadlineNanos()).isEqualTo(5 * SECOND);
  }

  @Test
  void everyDecisionKeepsItsReasonsAndNumbers() {
    establishOn(DIRECT);
    choice.handleCarrierUp(RELAY_A, 0);
    choice.handleMeasured(RELAY_A, Qualities.loss(20, 0.015, 100), SECOND);

    choice.handleSilent(DIRECT, SECOND);

    Move move = move();
    assertThat(move).isNotNull();
    Decision decision = choice.decision();
    assertThat(decision).isNotNull();
    if (decision == null || move == null) {
      return;
    }
    assertThat(move.decision()).isEqualTo(decision);
    assertThat(decision.considered())
        .extracting(Decision.Considered::standing)
        .containsExactly(Standing.FIT, Standing.SILENT);
    assertThat(decision.text())
        .isEqualTo(
            "move to relay:a:4433: silence; relay:a:4433 fit rtt 20.0 ms loss 1.5 %;"
                + " direct silent rtt not measured loss 0.0 %");
  }

  @Test
  void aDecisionToStaySaysSo() {
    establishOn(RELAY_A);
    choice.handleForced(CarrierKind.DIRECT, null, 60 * SECOND, SECOND);

    Decision decision = choice.decision();

    assertThat(decision).isNotNull();
    if (decision != null) {
      assertThat(decision.cause()).isNull();
      assertThat(decision.text())
          .startsWith("stay on relay:a:4433, forced for 60 s more; relay:a:4433 fit");
    }
  }

  @Test
  void saysWhenThereIsNoCarrier() {
    establishOn(RELAY_A);

    choice.handleCarrierDown(RELAY_A, SECOND);

    Decision decision = choice.decision();
    assertThat(decision).isNotNull();
    if (decision != null) {
      assertThat(decision.chosen()).isNull();
      assertThat(decision.text()).isEqualTo("no carrier");
    }
  }

  @Test
  void ignoresCarriersThatItDoesNotKnow() {
    establishOn(RELAY_A);

    choice.handleSilent(DIRECT, 1);
    choice.handleHeardAgain(DIRECT, 1);
    choice.handleMeasured(DIRECT, Qualities.rtt(1), 1);
    choice.handleSmallPacketsOnly(DIRECT, true, 1);
    choice.handleLeaving(DIRECT, HandoverCause.RENEWAL, 1);
    choice.handleCarrierDown(DIRECT, 1);
    choice.handleHandoverEnded(
        Reports.ended(DIRECT, RELAY_A, HandoverResult.FAILED, HandoverCause.PREFER_DIRECT), 1);

    assertThat(move()).isNull();
    assertThat(choice.current()).isEqualTo(RELAY_A);
  }

  @Test
  void followsThePeerFromRelayToDirectWithoutBlamingTheRelay() {
    establishOn(RELAY_A);
    choice.handleHandoverEnded(
        Reports.ended(DIRECT, DIRECT, HandoverResult.DONE, HandoverCause.PEER), SECOND);
    choice.handleCarrierUp(DIRECT, SECOND);

    choice.handleSilent(DIRECT, 2 * SECOND);

    Decision decision = choice.decision();
    assertThat(decision).isNotNull();
    if (decision != null) {
      assertThat(decision.considered().get(0).standing()).isEqualTo(Standing.FIT);
    }
  }

  @Test
  void awaitsTheHandoverThatTookThePlaceOfItsOwn() {
    establishOn(RELAY_A);
    choice.handleCarrierUp(DIRECT, SECOND);
    drop();

    choice.handleHandoverEnded(
        Reports.ended(DIRECT, RELAY_A, HandoverResult.SUPERSEDED, HandoverCause.PREFER_DIRECT),
        2 * SECOND);
    boolean whileAnotherRuns = move() != null;
    choice.handleHandoverEnded(
        Reports.ended(null, RELAY_A, HandoverResult.FAILED, HandoverCause.PREFER_DIRECT),
        3 * SECOND);

    assertThat(whileAnotherRuns).isFalse();
    assertThat(move()).extracting("to").isEqualTo(DIRECT);
  }

  @Test
  void sideThatFollowsLeavesWhatIsNotUrgentToTheOtherForASecond() {
    CarrierChoice follower = new CarrierChoice(ChoiceSettings.DEFAULT, false);
    follower.handleCarrierUp(RELAY_A, 0);
    follower.poll();
    follower.handleEstablished(RELAY_A, 0);

    follower.handleCarrierUp(DIRECT, SECOND);

    assertThat(follower.poll()).isNull();
    assertThat(follower.nextDeadlineNanos()).isEqualTo(2 * SECOND);
    follower.handleDeadline(2 * SECOND);
    assertThat(follower.poll()).extracting("to").isEqualTo(DIRECT);
  }

  @Test
  void sideThatFollowsBeginsAtOnceWhatIsUrgent() {
    CarrierChoice follower = new CarrierChoice(ChoiceSettings.DEFAULT, false);
    follower.handleCarrierUp(DIRECT, 0);
    follower.poll();
    follower.handleEstablished(DIRECT, 0);
    follower.handleCarrierUp(RELAY_A, 0);

    follower.handleSilent(DIRECT, SECOND);

    assertThat(follower.poll()).extracting("to").isEqualTo(RELAY_A);
  }

  @Test
  void sideThatWasNotAskedLeavesAForcedMoveToTheOther() {
    establishOn(DIRECT);
    choice.handleCarrierUp(RELAY_A, 0);

    choice.handleForcedByPeer(CarrierKind.RELAY, null, 60 * SECOND, SECOND);

    assertThat(move()).isNull();
    choice.handleHandoverEnded(
        Reports.ended(RELAY_A, RELAY_A, HandoverResult.DONE, HandoverCause.PEER), SECOND + 50 * MS);
    choice.handleDeadline(3 * SECOND);
    assertThat(move()).isNull();
    assertThat(choice.current()).isEqualTo(RELAY_A);
  }
}
