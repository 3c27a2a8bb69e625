package io.quicmesh.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.migration.HandoverOutput.Abort;
import io.quicmesh.migration.HandoverOutput.AcceptResume;
import io.quicmesh.migration.HandoverOutput.CancelDial;
import io.quicmesh.migration.HandoverOutput.CloseOldStreams;
import io.quicmesh.migration.HandoverOutput.Commit;
import io.quicmesh.migration.HandoverOutput.CutLanes;
import io.quicmesh.migration.HandoverOutput.Dial;
import io.quicmesh.migration.HandoverOutput.Listen;
import io.quicmesh.migration.HandoverOutput.RefuseResume;
import io.quicmesh.migration.HandoverOutput.Report;
import io.quicmesh.migration.HandoverOutput.SendResume;
import io.quicmesh.migration.HandoverOutput.StepDone;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HandoverTest {

  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final CarrierId RELAY = new CarrierId(CarrierKind.RELAY, "a:4433");
  private static final CarrierId RELAY_B = new CarrierId(CarrierKind.RELAY, "b:4433");
  private static final CarrierId DIRECT = new CarrierId(CarrierKind.DIRECT, "d1");
  private static final CarrierId DIRECT_2 = new CarrierId(CarrierKind.DIRECT, "d2");

  private final Handover handover = new Handover("b", HandoverSettings.DEFAULT);

  private void restOn(CarrierId carrier) {
    handover.handleLanesCut(carrier, 0, 0);
    drain();
  }

  private List<HandoverOutput> drain() {
    List<HandoverOutput> outputs = new ArrayList<>();
    for (HandoverOutput o = handover.poll(); o != null; o = handover.poll()) {
      outputs.add(o);
    }
    return outputs;
  }

  /** What is asked for, without the notes on steps. */
  private List<HandoverOutput> asked() {
    List<HandoverOutput> outputs = drain();
    outputs.removeIf(o -> o instanceof StepDone || o instanceof Report);
    return outputs;
  }

  private HandoverReport report() {
    for (HandoverOutput o : drain()) {
      if (o instanceof Report report) {
        return report.report();
      }
    }
    throw new AssertionError("no report");
  }

  private static HandoverStep step(HandoverState state, long millis) {
    return new HandoverStep(state, millis * MS);
  }

  @Test
  void startsWithoutACarrier() {
    assertThat(handover.state()).isEqualTo(HandoverState.NO_CARRIER);
    assertThat(handover.carrier()).isNull();
    assertThat(handover.nextDeadlineNanos()).isEqualTo(Deadlines.NEVER);
  }

  @Test
  void goesFromRelayToDirectInFiveSteps() {
    restOn(RELAY);
    List<HandoverState> states = new ArrayList<>();

    handover.handleStartDial(CarrierKind.DIRECT, null, HandoverCause.PREFER_DIRECT, 0);
    states.add(handover.state());
    assertThat(asked()).containsExactly(new Listen(false));

    handover.handleCandidates(2 * MS);
    states.add(handover.state());
    assertThat(drain())
        .containsExactly(
            new StepDone(step(HandoverState.STARTING_LISTENER, 2)),
            new Dial(CarrierKind.DIRECT, null));

    handover.handleConnected(DIRECT, 30 * MS);
    states.add(handover.state());
    assertThat(drain())
        .containsExactly(
            new StepDone(step(HandoverState.CONNECTING, 28)),
            new SendResume(new Attempt(1, "b"), DIRECT));

    handover.handleResumed(DIRECT, 41 * MS);
    states.add(handover.state());
    assertThat(drain())
        .containsExactly(
            new Commit(DIRECT, false),
            new StepDone(step(HandoverState.RESUMING, 11)),
            new CutLanes(DIRECT, false));

    handover.handleLanesCut(DIRECT, 3, 42 * MS);
    states.add(handover.state());
    assertThat(handover.carrier()).isEqualTo(DIRECT);
    drain();

    handover.handlePeerCut(DIRECT, 55 * MS);
    states.add(handover.state());
    assertThat(drain())
        .containsExactly(
            new StepDone(step(HandoverState.SWITCHING, 13)), new CloseOldStreams(DIRECT));

    handover.handleOldCarrierClosed(RELAY, 60 * MS);
    assertThat(states)
        .containsExactly(
            HandoverState.STARTING_LISTENER,
            HandoverState.CONNECTING,
            HandoverState.RESUMING,
            HandoverState.MIGRATING,
            HandoverState.SWITCHING,
            HandoverState.CLOSING_RELAY);
    assertThat(states).extracting(HandoverState::step).containsExactly(1, 2, 3, 4, 4, 5);
    assertThat(handover.state()).isEqualTo(HandoverState.DIRECT);
    HandoverReport report = report();
    assertThat(report.result()).isEqualTo(HandoverResult.DONE);
    assertThat(report.reason()).isNull();
    assertThat(report.from()).isEqualTo(RELAY);
    assertThat(report.to()).isEqualTo(DIRECT);
    assertThat(report.framesResent()).isEqualTo(3);
    assertThat(report.durationNanos()).isEqualTo(60 * MS);
    assertThat(report.nowOn()).isEqualTo(DIRECT);
    assertThat(report.steps())
        .containsExactly(
            step(HandoverState.STARTING_LISTENER, 2),
            step(HandoverState.CONNECTING, 28),
            step(HandoverState.RESUMING, 11),
            step(HandoverState.MIGRATING, 1),
            step(HandoverState.SWITCHING, 13),
            step(HandoverState.CLOSING_RELAY, 5));
  }

  /** Carries a handover of ours to a carrier that is up to its end. */
  private HandoverReport carryOut(CarrierId from, CarrierId to, HandoverCause cause) {
    restOn(from);
    assertThat(handover.handleStart(to, cause, 0)).isTrue();
    handover.handleResumed(to, 10 * MS);
    handover.handleLanesCut(to, 0, 10 * MS);
    handover.handlePeerCut(to, 20 * MS);
    handover.handleOldCarrierClosed(from, 21 * MS);
    return report();
  }

  @Test
  void fallsBackFromDirectToAWarmRelay() {
    HandoverReport report = carryOut(DIRECT, RELAY, HandoverCause.WORSE);

    assertThat(report.result()).isEqualTo(HandoverResult.DONE);
    assertThat(report.endedIn()).isEqualTo(HandoverState.CLOSING_DIRECT);
    assertThat(handover.state()).isEqualTo(HandoverState.RELAY_ONLY);
  }

  @Test
  void movesFromRelayToRelay() {
    HandoverReport report = carryOut(RELAY, RELAY_B, HandoverCause.DRAIN);

    assertThat(report.endedIn()).isEqualTo(HandoverState.CLOSING_RELAY);
    assertThat(handover.carrier()).isEqualTo(RELAY_B);
    assertThat(handover.state()).isEqualTo(HandoverState.RELAY_ONLY);
  }

  @Test
  void renewsADirectConnection() {
    HandoverReport report = carryOut(DIRECT, DIRECT_2, HandoverCause.RENEWAL);

    assertThat(report.endedIn()).isEqualTo(HandoverState.CLOSING_DIRECT);
    assertThat(handover.state()).isEqualTo(HandoverState.DIRECT);
  }

  @Test
  void takesAnotherPortWhenTheListenerFails() {
    restOn(RELAY);
    handover.handleStartDial(CarrierKind.DIRECT, null, HandoverCause.PREFER_DIRECT, 0);
    drain();

    handover.handleListenFailed("address in use", MS);
    List<HandoverOutput> recovery = asked();
    handover.handleListenFailed("address in use", 2 * MS);
    drain();
    handover.handleListenFailed("address in use", 3 * MS);

    assertThat(recovery).containsExactly(new Listen(true));
    HandoverReport report = report();
    assertThat(report.result()).isEqualTo(HandoverResult.FAILED);
    assertThat(report.reason()).isEqualTo("listener: address in use");
    assertThat(report.endedIn()).isEqualTo(HandoverState.STARTING_LISTENER);
    assertThat(handover.state()).isEqualTo(HandoverState.RELAY_ONLY);
  }

  @Test
  void triesAnotherPortWhenTheListenerIsNotReadyInTime() {
    restOn(RELAY);
    handover.handleStartDial(CarrierKind.DIRECT, null, HandoverCause.PREFER_DIRECT, 0);
    drain();

    handover.handleDeadline(handover.nextDeadlineNanos());

    assertThat(asked()).containsExactly(new Listen(true));
  }

  @Test
  void staysOnTheRelayWhenConnectFails() {
    restOn(RELAY);
    handover.handleStartDial(CarrierKind.DIRECT, null, HandoverCause.PREFER_DIRECT, 0);
    handover.handleCandidates(MS);
    drain();

    handover.handleConnectFailed(CarrierKind.DIRECT, "timed-out", 5000 * MS);

    HandoverReport report = report();
    assertThat(report.result()).isEqualTo(HandoverResult.FAILED);
    assertThat(report.reason()).isEqualTo("connect: timed-out");
    assertThat(report.to()).isNull();
    assertThat(report.nowOn()).isEqualTo(RELAY);
    assertThat(handover.state()).isEqualTo(HandoverState.RELAY_ONLY);
  }

  @Test
  void givesUpAConnectThatNobodyReportsOn() {
    restOn(RELAY);
    handover.handleStartDial(CarrierKind.RELAY, "b:4433", HandoverCause.FORCED, 0);
    handover.handleCandidates(MS);
    drain();

    handover.handleDeadline(handover.nextDeadlineNanos());

    assertThat(asked()).containsExactly(new CancelDial(CarrierKind.RELAY, "b:4433"));
  }

  @Test
  void staysOnTheRelayWhenResumeFails() {
    restOn(RELAY);
    handover.handleStart(DIRECT, HandoverCause.PREFER_DIRECT, 0);
    drain();

    handover.handleResumeFailed(DIRECT, "the peer does not know the session", MS);

    HandoverReport report = report();
    assertThat(report.reason()).isEqualTo("resume: the peer does not know the session");
    assertThat(report.endedIn().step()).isEqualTo(3);
    assertThat(handover.carrier()).isEqualTo(RELAY);
  }

  @Test
  void staysOnTheRelayWhenResumeIsNotAnswered() {
    restOn(RELAY);
    handover.handleStart(DIRECT, HandoverCause.PREFER_DIRECT, 0);
    drain();

    handover.handleDeadline(handover.nextDeadlineNanos());

    List<HandoverOutput> outputs = drain();
    assertThat(outputs).contains(new Abort(DIRECT, "resume: no answer in time"));
    assertThat(handover.carrier()).isEqualTo(RELAY);
  }

  @Test
  void keepsTheRelayWhenLanesAreNotCut() {
    restOn(RELAY);
    handover.handleStart(DIRECT, HandoverCause.PREFER_DIRECT, 0);
    handover.handleResumed(DIRECT, MS);
    drain();

    handover.handleDeadline(handover.nextDeadlineNanos());

    assertThat(report().reason()).isEqualTo("migrate: not cut in time");
    assertThat(handover.carrier()).isEqualTo(RELAY);
  }

  @Test
  void resumesAgainWhenThePeerDoesNotFollow() {
    restOn(RELAY);
    handover.handleStart(DIRECT, HandoverCause.PREFER_DIRECT, 0);
    handover.handleResumed(DIRECT, MS);
    handover.handleLanesCut(DIRECT, 0, MS);
    drain();

    handover.handleDeadline(handover.nextDeadlineNanos());
    List<HandoverOutput> again = asked();
    handover.handleResumed(DIRECT, 3000 * MS);
    handover.handleLanesCut(DIRECT, 2, 3000 * MS);
    handover.handlePeerCut(DIRECT, 3010 * MS);
    handover.handleOldCarrierClosed(RELAY, 3011 * MS);

    assertThat(again).containsExactly(new SendResume(new Attempt(2, "b"), DIRECT));
    assertThat(report().result()).isEqualTo(HandoverResult.DONE);
  }

  @Test
  void givesUpAPeerThatNeverFollowsAfterThreeTries() {
    restOn(RELAY);
    handover.handleStart(DIRECT, HandoverCause.PREFER_DIRECT, 0);
    handover.handleResumed(DIRECT, MS);
    handover.handleLanesCut(DIRECT, 0, MS);
    drain();

    long resumes = 0;
    while (handover.nextDeadlineNanos() != Deadlines.NEVER) {
      handover.handleDeadline(handover.nextDeadlineNanos());
      List<HandoverOutput> outputs = drain();
      resumes += outputs.stream().filter(o -> o instanceof SendResume).count();
      assertThat(outputs).noneMatch(o -> o instanceof CloseOldStreams);
    }

    assertThat(resumes).isEqualTo(2);
    assertThat(handover.state()).isEqualTo(HandoverState.DIRECT);
  }

  @Test
  void aPeerThatFollowsDuringTheSecondTryEndsIt() {
    restOn(RELAY);
    handover.handleStart(DIRECT, HandoverCause.PREFER_DIRECT, 0);
    handover.handleResumed(DIRECT, MS);
    handover.handleLanesCut(DIRECT, 0, MS);
    handover.handleDeadline(handover.nextDeadlineNanos());
    drain();

    handover.handlePeerCut(DIRECT, 2500 * MS);

    assertThat(asked())
        .containsExactly(new Abort(DIRECT, "the peer has followed"), new CloseOldStreams(DIRECT));
  }

  @Test
  void goesOnWithAWarningWhenOldStreamsDoNotEnd() {
    restOn(RELAY);
    handover.handleStart(DIRECT, HandoverCause.PREFER_DIRECT, 0);
    handover.handleResumed(DIRECT, MS);
    handover.handleLanesCut(DIRECT, 0, MS);
    handover.handlePeerCut(DIRECT, 2 * MS);
    drain();

    handover.handleDeadline(handover.nextDeadlineNanos());

    HandoverReport report = report();
    assertThat(report.result()).isEqualTo(HandoverResult.DONE);
    assertThat(report.reason()).isEqualTo("close: old streams not ended in time");
    assertThat(handover.state()).isEqualTo(HandoverState.DIRECT);
  }

  @Test
  void doesNotCutLanesOnASilentCarrier() {
    restOn(DIRECT);
    handover.handleStart(RELAY, HandoverCause.SILENCE, 0);
    drain();

    handover.handleResumed(RELAY, MS);

    assertThat(asked()).containsExactly(new Commit(RELAY, true), new CutLanes(RELAY, true));
  }

  @Test
  void doesNotCutLanesOnACarrierThatDiesMeanwhile() {
    restOn(RELAY);
    handover.handleStart(DIRECT, HandoverCause.PREFER_DIRECT, 0);
    handover.handleCarrierDead(RELAY, MS);
    drain();

    handover.handleResumed(DIRECT, 2 * MS);

    assertThat(asked()).containsExactly(new Commit(DIRECT, true), new CutLanes(DIRECT, true));
  }

  @Test
  void doesNotCutLanesOnACarrierThatFallsSilentMeanwhile() {
    restOn(RELAY);
    handover.handleStart(DIRECT, HandoverCause.PREFER_DIRECT, 0);
    handover.handleSilent(RELAY);
    drain();

    handover.handleResumed(DIRECT, 2 * MS);

    assertThat(asked()).contains(new CutLanes(DIRECT, true));
  }

  @Test
  void doesNotCutLanesOnAPathThatCarriesSmallPacketsOnly() {
    restOn(DIRECT);
    handover.handleStart(RELAY, HandoverCause.SMALL_PACKETS, 0);
    drain();

    handover.handleResumed(RELAY, MS);

    assertThat(asked()).contains(new CutLanes(RELAY, true));
  }

  @Test
  void doesNotCommitIfTheSilentCarrierIsHeardAgain() {
    restOn(DIRECT);
    handover.handleStart(RELAY, HandoverCause.SILENCE, 0);
    drain();

    handover.handleHeardAgain(DIRECT, MS);
    List<HandoverOutput> outputs = drain();
    handover.handleResumed(RELAY, 2 * MS);

    assertThat(outputs).contains(new Abort(RELAY, "the old carrier is heard again"));
    assertThat(outputs)
        .filteredOn(o -> o instanceof Report)
        .singleElement()
        .extracting("report.result")
        .isEqualTo(HandoverResult.ABANDONED);
    assertThat(drain()).isEmpty();
    assertThat(handover.carrier()).isEqualTo(DIRECT);
  }

  @Test
  void goesOnIfTheSilentCarrierIsHeardAfterCommit() {
    restOn(DIRECT);
    handover.handleStart(RELAY, HandoverCause.SILENCE, 0);
    handover.handleResumed(RELAY, MS);
    drain();

    handover.handleHeardAgain(DIRECT, 2 * MS);

    assertThat(handover.state()).isEqualTo(HandoverState.MIGRATING);
  }

  @Test
  void aWarningOfAnotherCauseDoesNotEndAHandover() {
    restOn(DIRECT);
    handover.handleStart(RELAY, HandoverCause.WORSE, 0);
    drain();

    handover.handleHeardAgain(DIRECT, MS);

    assertThat(handover.state()).isEqualTo(HandoverState.RESUMING);
  }

  @Test
  void nothingIsClosedWhereTheOldCarrierIsDead() {
    restOn(RELAY);
    handover.handleCarrierDead(RELAY, 0);
    handover.handleStart(RELAY_B, HandoverCause.DEAD, MS);
    handover.handleResumed(RELAY_B, 10 * MS);
    handover.handleLanesCut(RELAY_B, 40, 10 * MS);
    drain();

    handover.handlePeerCut(RELAY_B, 15 * MS);

    HandoverReport report = report();
    assertThat(report.result()).isEqualTo(HandoverResult.DONE);
    assertThat(report.from()).isEqualTo(RELAY);
    assertThat(report.framesResent()).isEqualTo(40);
  }

  @Test
  void failsWhenTheNewCarrierDiesBeforeTheCut() {
    restOn(RELAY);
    handover.handleStart(DIRECT, HandoverCause.PREFER_DIRECT, 0);
    drain();

    handover.handleCarrierDead(DIRECT, MS);

    HandoverReport report = report();
    assertThat(report.reason()).isEqualTo("the new carrier died");
    assertThat(report.nowOn()).isEqualTo(RELAY);
  }

  @Test
  void isWithoutCarrierWhenTheNewOneDiesAfterTheCut() {
    restOn(RELAY);
    handover.handleStart(DIRECT, HandoverCause.PREFER_DIRECT, 0);
    handover.handleResumed(DIRECT, MS);
    handover.handleLanesCut(DIRECT, 0, MS);
    drain();

    handover.handleCarrierDead(DIRECT, 2 * MS);

    assertThat(report().nowOn()).isNull();
    assertThat(handover.state()).isEqualTo(HandoverState.NO_CARRIER);
    assertThat(handover.handleStart(RELAY, HandoverCause.DEAD, 3 * MS)).isTrue();
  }

  @Test
  void theOldCarriersDeathEndsTheLastStep() {
    restOn(RELAY);
    handover.handleStart(DIRECT, HandoverCause.PREFER_DIRECT, 0);
    handover.handleResumed(DIRECT, MS);
    handover.handleLanesCut(DIRECT, 0, MS);
    handover.handlePeerCut(DIRECT, 2 * MS);
    drain();

    handover.handleCarrierDead(RELAY, 3 * MS);

    assertThat(report().result()).isEqualTo(HandoverResult.DONE);
  }

  @Test
  void followsThePeer() {
    restOn(RELAY);

    handover.handlePeerResume(new Attempt(4, "a"), DIRECT, HandoverCause.PREFER_DIRECT, 0);
    List<HandoverOutput> answer = asked();
    handover.handleCommitted(DIRECT, false, 10 * MS);
    List<HandoverOutput> cut = asked();
    handover.handleLanesCut(DIRECT, 0, 10 * MS);
    handover.handlePeerCut(DIRECT, 12 * MS);
    handover.handleOldCarrierClosed(RELAY, 13 * MS);

    assertThat(answer).containsExactly(new AcceptResume(new Attempt(4, "a"), DIRECT));
    assertThat(cut).containsExactly(new CutLanes(DIRECT, false));
    HandoverReport report = report();
    assertThat(report.result()).isEqualTo(HandoverResult.DONE);
    assertThat(report.byPeer()).isTrue();
    assertThat(report.cause()).isEqualTo(HandoverCause.PREFER_DIRECT);
  }

  @Test
  void followsACommitWhoseResumeTheTransportAnswered() {
    restOn(DIRECT);

    handover.handleCommitted(RELAY, true, 0);
    List<HandoverOutput> cut = asked();
    handover.handleLanesCut(RELAY, 7, 0);
    handover.handlePeerCut(RELAY, MS);
    handover.handleOldCarrierClosed(DIRECT, MS);

    assertThat(cut).containsExactly(new CutLanes(RELAY, true));
    HandoverReport report = report();
    assertThat(report.cause()).isEqualTo(HandoverCause.PEER);
    assertThat(report.result()).isEqualTo(HandoverResult.DONE);
  }

  @Test
  void abandonsAPeersAttemptThatIsNotCommitted() {
    restOn(RELAY);
    handover.handlePeerResume(new Attempt(4, "a"), DIRECT, HandoverCause.PREFER_DIRECT, 0);
    drain();

    handover.handleDeadline(handover.nextDeadlineNanos());

    HandoverReport report = report();
    assertThat(report.result()).isEqualTo(HandoverResult.ABANDONED);
    assertThat(report.nowOn()).isEqualTo(RELAY);
  }

  @Test
  void ofTwoAttemptsAtOnceTheHigherNodeIdWins() {
    restOn(RELAY);
    handover.handleStart(DIRECT, HandoverCause.PREFER_DIRECT, 0);
    drain();

    handover.handlePeerResume(new Attempt(1, "a"), RELAY_B, HandoverCause.DRAIN, MS);
    List<HandoverOutput> lower = drain();
    handover.handlePeerResume(new Attempt(1, "c"), RELAY_B, HandoverCause.DRAIN, MS);
    List<HandoverOutput> higher = drain();

    assertThat(lower).containsExactly(new RefuseResume(new Attempt(1, "a"), new Attempt(1, "b")));
    assertThat(higher)
        .contains(
            new Abort(DIRECT, "another handover took its place"),
            new AcceptResume(new Attempt(1, "c"), RELAY_B))
        .filteredOn(o -> o instanceof Report)
        .singleElement()
        .extracting("report.result")
        .isEqualTo(HandoverResult.SUPERSEDED);
  }

  @Test
  void bothToTheSameCarrierBecomeOneHandover() {
    restOn(DIRECT);
    handover.handleStart(RELAY, HandoverCause.SILENCE, 0);
    drain();

    handover.handlePeerResume(new Attempt(1, "c"), RELAY, HandoverCause.SILENCE, MS);
    handover.handleResumeLost(RELAY, 2 * MS);
    List<HandoverOutput> outputs = asked();
    handover.handleCommitted(RELAY, true, 3 * MS);

    assertThat(outputs).containsExactly(new AcceptResume(new Attempt(1, "c"), RELAY));
    assertThat(asked()).containsExactly(new CutLanes(RELAY, true));
  }

  @Test
  void aLostAttemptAwaitsTheWinnersCommit() {
    restOn(DIRECT);
    handover.handleStart(RELAY, HandoverCause.SILENCE, 0);
    handover.handleResumeLost(RELAY, MS);
    drain();

    handover.handleCommitted(RELAY_B, true, 2 * MS);

    HandoverReport lost = report();
    assertThat(lost.to()).isEqualTo(RELAY);
    assertThat(lost.result()).isEqualTo(HandoverResult.SUPERSEDED);
    assertThat(handover.state()).isEqualTo(HandoverState.MIGRATING);
  }

  @Test
  void aDialBecomesThePeersWhenItsCarrierComesFirst() {
    restOn(RELAY);
    handover.handleStartDial(CarrierKind.DIRECT, null, HandoverCause.PREFER_DIRECT, 0);
    handover.handleCandidates(MS);
    drain();

    handover.handlePeerResume(new Attempt(1, "a"), DIRECT, HandoverCause.PREFER_DIRECT, 9 * MS);
    handover.handleCommitted(DIRECT, false, 15 * MS);
    handover.handleLanesCut(DIRECT, 0, 15 * MS);
    handover.handlePeerCut(DIRECT, 16 * MS);
    handover.handleOldCarrierClosed(RELAY, 17 * MS);

    HandoverReport report = report();
    assertThat(report.byPeer()).isTrue();
    assertThat(report.steps())
        .extracting(HandoverStep::state)
        .startsWith(HandoverState.STARTING_LISTENER, HandoverState.CONNECTING);
  }

  @Test
  void aCommandReplacesWhatIsNotCommitted() {
    restOn(RELAY);
    handover.handleStartDial(CarrierKind.DIRECT, null, HandoverCause.PREFER_DIRECT, 0);
    handover.handleCandidates(MS);
    drain();

    boolean started = handover.handleStart(RELAY_B, HandoverCause.DEAD, 2 * MS);

    assertThat(started).isTrue();
    assertThat(asked())
        .containsExactly(
            new CancelDial(CarrierKind.DIRECT, null), new SendResume(new Attempt(1, "b"), RELAY_B));
  }

  @Test
  void aCommandDoesNotReplaceThePeersAttemptNorTheCut() {
    restOn(RELAY);
    handover.handlePeerResume(new Attempt(1, "a"), DIRECT, HandoverCause.PREFER_DIRECT, 0);
    boolean duringPeers = handover.handleStart(RELAY_B, HandoverCause.BETTER, MS);
    handover.handleCommitted(DIRECT, false, 2 * MS);
    boolean duringCut = handover.handleStart(RELAY_B, HandoverCause.BETTER, 2 * MS);

    assertThat(duringPeers).isFalse();
    assertThat(duringCut).isFalse();
  }

  @Test
  void aCommandCutsTheLastStepShort() {
    restOn(RELAY);
    handover.handleStart(DIRECT, HandoverCause.PREFER_DIRECT, 0);
    handover.handleResumed(DIRECT, MS);
    handover.handleLanesCut(DIRECT, 0, MS);
    handover.handlePeerCut(DIRECT, 2 * MS);
    drain();

    handover.handleStart(RELAY_B, HandoverCause.SILENCE, 3 * MS);

    HandoverReport report = report();
    assertThat(report.result()).isEqualTo(HandoverResult.DONE);
    assertThat(report.reason()).isEqualTo("close: cut short by another handover");
  }

  @Test
  void startingWhereItIsOrIsGoingChangesNothing() {
    restOn(RELAY);
    boolean whereItIs = handover.handleStart(RELAY, HandoverCause.FORCED, 0);
    handover.handleStart(DIRECT, HandoverCause.PREFER_DIRECT, 0);
    drain();

    boolean whereItGoes = handover.handleStart(DIRECT, HandoverCause.FORCED, MS);

    assertThat(whereItIs).isFalse();
    assertThat(whereItGoes).isTrue();
    assertThat(drain()).isEmpty();
  }

  @Test
  void reportsTheGapBetweenDeliveries() {
    restOn(RELAY);
    handover.handleDelivered(0);
    handover.handleStart(DIRECT, HandoverCause.PREFER_DIRECT, MS);
    handover.handleDelivered(2 * MS);
    handover.handleResumed(DIRECT, 10 * MS);
    handover.handleLanesCut(DIRECT, 0, 10 * MS);
    handover.handleResent(2);
    handover.handleDelivered(19 * MS);
    handover.handlePeerCut(DIRECT, 20 * MS);
    handover.handleOldCarrierClosed(RELAY, 20 * MS);

    HandoverReport report = report();
    assertThat(report.gapNanos()).isEqualTo(17 * MS);
    assertThat(report.framesResent()).isEqualTo(2);
  }

  @Test
  void factsThatFitNothingAreIgnored() {
    restOn(RELAY);

    handover.handleCandidates(1);
    handover.handleListenFailed("x", 1);
    handover.handleConnected(DIRECT, 1);
    handover.handleConnectFailed(CarrierKind.DIRECT, "x", 1);
    handover.handleResumed(DIRECT, 1);
    handover.handleResumeFailed(DIRECT, "x", 1);
    handover.handleResumeLost(DIRECT, 1);
    handover.handleResent(3);
    handover.handlePeerCut(DIRECT, 1);
    handover.handleOldCarrierClosed(DIRECT, 1);
    handover.handleSilent(DIRECT);
    handover.handleHeardAgain(DIRECT, 1);
    handover.handleCarrierDead(DIRECT, 1);
    handover.handleDeadline(1);

    assertThat(drain()).isEmpty();
    assertThat(handover.carrier()).isEqualTo(RELAY);
  }

  @Test
  void answersOfOtherCarriersAreIgnored() {
    restOn(RELAY);
    handover.handleStart(DIRECT, HandoverCause.PREFER_DIRECT, 0);
    drain();

    handover.handleResumed(RELAY_B, MS);
    handover.handleResumeFailed(RELAY_B, "x", MS);
    handover.handleConnectFailed(CarrierKind.DIRECT, "x", MS);
    handover.handleConnected(DIRECT_2, MS);

    assertThat(drain()).isEmpty();
    assertThat(handover.state()).isEqualTo(HandoverState.RESUMING);
  }

  @Test
  void aCircuitOfAnotherRelayIsNotTheOneAskedFor() {
    restOn(DIRECT);
    handover.handleStartDial(CarrierKind.RELAY, "b:4433", HandoverCause.FORCED, 0);
    handover.handleCandidates(MS);
    drain();

    handover.handleConnected(RELAY, 2 * MS);
    @Nullable HandoverOutput other = handover.poll();
    handover.handleConnected(RELAY_B, 3 * MS);

    assertThat(other).isNull();
    assertThat(asked()).containsExactly(new SendResume(new Attempt(1, "b"), RELAY_B));
  }

  @Test
  void aDialNeverTakesThePlaceOfAMoveUnderWay() {
    restOn(DIRECT);
    handover.handleStart(RELAY, HandoverCause.SILENCE, 0);
    drain();

    boolean started =
        handover.handleStartDial(CarrierKind.DIRECT, null, HandoverCause.PREFER_DIRECT, MS);

    assertThat(started).isFalse();
    assertThat(drain()).isEmpty();
  }

  @Test
  void aSecondDialOfTheSameKindJoinsTheFirst() {
    restOn(RELAY);
    handover.handleStartDial(CarrierKind.DIRECT, null, HandoverCause.PREFER_DIRECT, 0);
    drain();

    boolean joined = handover.handleStartDial(CarrierKind.DIRECT, null, HandoverCause.FORCED, MS);
    List<HandoverOutput> afterSame = drain();
    boolean other = handover.handleStartDial(CarrierKind.RELAY, null, HandoverCause.FORCED, MS);

    assertThat(joined).isTrue();
    assertThat(afterSame).isEmpty();
    assertThat(other).isTrue();
    assertThat(report().result()).isEqualTo(HandoverResult.SUPERSEDED);
  }

  @Test
  void becomesThePeersWhenItsResumeWonOnTheSameCarrier() {
    restOn(RELAY);
    handover.handleStart(DIRECT, HandoverCause.PREFER_DIRECT, 0);
    drain();

    handover.handlePeerResume(DIRECT, HandoverCause.PEER, 5 * MS);
    handover.handleCommitted(DIRECT, false, 10 * MS);
    handover.handleLanesCut(DIRECT, 0, 10 * MS);
    handover.handlePeerCut(DIRECT, 15 * MS);
    handover.handleOldCarrierClosed(RELAY, 15 * MS);

    HandoverReport report = report();
    assertThat(report.result()).isEqualTo(HandoverResult.DONE);
    assertThat(report.byPeer()).isTrue();
    assertThat(report.cause()).isEqualTo(HandoverCause.PREFER_DIRECT);
  }

  @Test
  void givesWayWhenThePeersResumeWonOnAnotherCarrier() {
    restOn(RELAY);
    handover.handleStart(DIRECT, HandoverCause.PREFER_DIRECT, 0);
    drain();

    handover.handlePeerResume(RELAY_B, HandoverCause.PEER, 5 * MS);

    assertThat(report().result()).isEqualTo(HandoverResult.SUPERSEDED);
    assertThat(handover.state()).isEqualTo(HandoverState.RESUMING);
  }

  @Test
  void isDoneFromASilentCarrierOnceThePeerHasFollowed() {
    restOn(DIRECT);
    handover.handleStart(RELAY, HandoverCause.SILENCE, 0);
    handover.handleResumed(RELAY, 20 * MS);
    handover.handleLanesCut(RELAY, 7, 20 * MS);
    drain();

    handover.handlePeerCut(RELAY, 40 * MS);
    assertThat(asked()).contains(new CloseOldStreams(RELAY));
    handover.handleOldCarrierClosed(DIRECT, 40 * MS);

    HandoverReport report = report();
    assertThat(report.result()).isEqualTo(HandoverResult.DONE);
    assertThat(report.framesResent()).isEqualTo(7);
  }
}
