package io.quicmesh.migration;

import static io.quicmesh.migration.HandoverState.CONNECTING;
import static io.quicmesh.migration.HandoverState.MIGRATING;
import static io.quicmesh.migration.HandoverState.RESUMING;
import static io.quicmesh.migration.HandoverState.STARTING_LISTENER;
import static io.quicmesh.migration.HandoverState.SWITCHING;

import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One handover from its first step to its end.
 *
 * <p>Mutable; owned by {@link Handover}.
 */
final class HandoverRun {

  private static final int LISTEN_TRIES = 3;
  private static final int COMMIT_TRIES = 3;

  private final HandoverGoal goal;
  private final HandoverSettings settings;
  private final AttemptCounter attempts;
  private final Deque<HandoverOutput> outputs;
  private final StepClock clock;

  private final HandoverEnds ends;

  private boolean byPeer;
  private int tries = 1;
  private long framesResent;
  private long deadlineNanos;
  private @Nullable HandoverResult result;
  private @Nullable String reason;

  HandoverRun(
      HandoverGoal goal,
      HandoverSettings settings,
      AttemptCounter attempts,
      Deque<HandoverOutput> outputs,
      StepClock clock) {
    this.goal = goal;
    this.settings = settings;
    this.attempts = attempts;
    this.outputs = outputs;
    this.clock = clock;
    this.ends = new HandoverEnds(goal);
  }

  // Steps 1 and 2.

  void listen(boolean anotherPort, long nowNanos) {
    deadlineNanos = nowNanos + settings.listenNanos();
    outputs.add(new HandoverOutput.Listen(anotherPort));
  }

  void handleCandidates(long nowNanos) {
    if (isIn(STARTING_LISTENER)) {
      enter(CONNECTING, nowNanos);
      outputs.add(new HandoverOutput.Dial(goal.toKind(), goal.toName()));
    }
  }

  void handleListenFailed(String why, long nowNanos) {
    if (!isIn(STARTING_LISTENER)) {
      return;
    }
    if (tries < LISTEN_TRIES) {
      tries++;
      listen(true, nowNanos);
    } else {
      finish(HandoverResult.FAILED, "listener: " + why, nowNanos);
    }
  }

  void handleConnected(CarrierId carrier, long nowNanos) {
    if (ends.to() == null && goal.accepts(carrier)) {
      enter(RESUMING, nowNanos);
      resumeOn(carrier, nowNanos);
    }
  }

  void handleConnectFailed(CarrierKind kind, String why, long nowNanos) {
    if (isIn(CONNECTING) && goal.toKind() == kind) {
      finish(HandoverResult.FAILED, "connect: " + why, nowNanos);
    }
  }

  // Step 3.

  void resumeOn(CarrierId carrier, long nowNanos) {
    ends.moveTo(carrier);
    tries = 1;
    resume(carrier, nowNanos);
  }

  private void resume(CarrierId carrier, long nowNanos) {
    deadlineNanos = nowNanos + settings.resumeNanos();
    outputs.add(new HandoverOutput.SendResume(attempts.next(), carrier));
  }

  void handleResumed(CarrierId carrier, long nowNanos) {
    if (isAwaitingAnswer(carrier)) {
      outputs.add(new HandoverOutput.Commit(carrier, ends.isOldLost()));
      cut(carrier, nowNanos);
    }
  }

  void handleResumeFailed(CarrierId carrier, String why, long nowNanos) {
    if (isAwaitingAnswer(carrier)) {
      finish(HandoverResult.FAILED, "resume: " + why, nowNanos);
    }
  }

  void handleResumeLost(CarrierId carrier, long nowNanos) {
    if (isAwaitingAnswer(carrier)) {
      byPeer = true;
      deadlineNanos = nowNanos + settings.resumeNanos();
    }
  }

  /** The peer's attempt decides from now on. */
  void answer(Attempt attempt, CarrierId carrier, long nowNanos) {
    if (!isIn(RESUMING)) {
      enter(RESUMING, nowNanos);
    }
    deadlineNanos = nowNanos + settings.resumeNanos();
    ends.moveTo(carrier);
    byPeer = true;
    outputs.add(new HandoverOutput.AcceptResume(attempt, carrier));
  }

  void handleCommitted(CarrierId carrier, boolean peerFindsOldSilent, long nowNanos) {
    ends.moveTo(carrier);
    byPeer = true;
    if (peerFindsOldSilent) {
      ends.handleOldSilent(true);
    }
    cut(carrier, nowNanos);
  }

  // Step 4.

  private void cut(CarrierId carrier, long nowNanos) {
    enter(MIGRATING, nowNanos);
    outputs.add(new HandoverOutput.CutLanes(carrier, ends.isOldLost()));
  }

  void handleLanesCut(CarrierId carrier, long resent, long nowNanos) {
    if (isIn(MIGRATING) && ends.isNew(carrier)) {
      ends.handleLanesCut();
      framesResent += resent;
      enter(SWITCHING, nowNanos);
      closeIfPeerCut(nowNanos);
    }
  }

  void handleResent(long frames) {
    framesResent += frames;
  }

  void handlePeerCut(CarrierId carrier, long nowNanos) {
    if (ends.isNew(carrier)) {
      ends.handlePeerCut();
      closeIfPeerCut(nowNanos);
    }
  }

  /** Our lanes moved and the peer's did not follow: COMMIT may not have arrived. */
  private void commitAgain(String why, long nowNanos) {
    CarrierId carrier = ends.to();
    if (carrier == null || byPeer || tries >= COMMIT_TRIES) {
      finish(HandoverResult.FAILED, why, nowNanos);
    } else {
      tries++;
      enter(RESUMING, nowNanos);
      resume(carrier, nowNanos);
    }
  }

  // Step 5.

  void handleOldCarrierClosed(CarrierId carrier, long nowNanos) {
    if (ends.isOld(carrier)) {
      ends.handleOldClosed();
      closeIfPeerCut(nowNanos);
    }
  }

  private void closeIfPeerCut(long nowNanos) {
    CarrierId carrier = ends.to();
    if (carrier == null || !ends.areBothCut()) {
      return;
    }
    if (!isClosing()) {
      abort("the peer has followed");
      enter(goal.closingState(), nowNanos);
      outputs.add(new HandoverOutput.CloseOldStreams(carrier));
    }
    if (ends.isOldClosed()) {
      finish(HandoverResult.DONE, null, nowNanos);
    }
  }

  // At any time.

  void handleCarrierDead(CarrierId carrier, long nowNanos) {
    ends.handleDead(carrier);
    if (isClosing()) {
      closeIfPeerCut(nowNanos);
    } else if (ends.isNew(carrier)) {
      finish(HandoverResult.FAILED, "the new carrier died", nowNanos);
    }
  }

  void handleSilent(CarrierId carrier) {
    if (ends.isOld(carrier)) {
      ends.handleOldSilent(true);
    }
  }

  void handleHeardAgain(CarrierId carrier, long nowNanos) {
    if (!ends.isOld(carrier)) {
      return;
    }
    ends.handleOldSilent(false);
    if (goal.cause() == HandoverCause.SILENCE && !byPeer && isBeforeCommit()) {
      giveUp(HandoverResult.ABANDONED, "the old carrier is heard again", nowNanos);
    }
  }

  void handleDeadline(long nowNanos) {
    if (nowNanos < deadlineNanos) {
      return;
    }
    switch (clock.state()) {
      case STARTING_LISTENER -> handleListenFailed("not ready in time", nowNanos);
      case CONNECTING -> giveUp(HandoverResult.FAILED, "connect: timed out", nowNanos);
      case RESUMING -> handleResumeTimeout(nowNanos);
      case MIGRATING -> finish(HandoverResult.FAILED, "migrate: not cut in time", nowNanos);
      case SWITCHING -> commitAgain("switch: the peer did not follow in time", nowNanos);
      default -> finish(HandoverResult.DONE, "close: old streams not ended in time", nowNanos);
    }
  }

  private void handleResumeTimeout(long nowNanos) {
    if (ends.areBothCut()) {
      closeIfPeerCut(nowNanos);
    } else if (ends.areLanesCut()) {
      commitAgain("resume: no answer in time", nowNanos);
    } else if (byPeer) {
      giveUp(HandoverResult.ABANDONED, "resume: the peer did not commit", nowNanos);
    } else {
      giveUp(HandoverResult.FAILED, "resume: no answer in time", nowNanos);
    }
  }

  /** Another handover takes its place. */
  void supersede(long nowNanos) {
    if (isClosing()) {
      finish(HandoverResult.DONE, "close: cut short by another handover", nowNanos);
    } else {
      giveUp(HandoverResult.SUPERSEDED, "another handover took its place", nowNanos);
    }
  }

  /** Ends it and undoes what was begun for it. */
  private void giveUp(HandoverResult how, String why, long nowNanos) {
    if (isIn(CONNECTING)) {
      outputs.add(new HandoverOutput.CancelDial(goal.toKind(), goal.toName()));
    }
    abort(why);
    finish(how, why, nowNanos);
  }

  private void abort(String why) {
    CarrierId carrier = ends.to();
    if (isIn(RESUMING) && carrier != null) {
      outputs.add(new HandoverOutput.Abort(carrier, why));
    }
  }

  private void finish(HandoverResult how, @Nullable String why, long nowNanos) {
    enter(clock.state(), nowNanos);
    result = how;
    reason = why;
  }

  private void enter(HandoverState next, long nowNanos) {
    outputs.add(new HandoverOutput.StepDone(clock.enter(next, nowNanos)));
    deadlineNanos = nowNanos + settings.timeoutNanos(next);
  }

  // Facts.

  private boolean isIn(HandoverState asked) {
    return clock.state() == asked;
  }

  private boolean isClosing() {
    return clock.state().step() == HandoverState.STEPS;
  }

  private boolean isBeforeCommit() {
    return clock.state().step() <= RESUMING.step() && !ends.areLanesCut();
  }

  private boolean isAwaitingAnswer(CarrierId carrier) {
    return !byPeer && isIn(RESUMING) && ends.isNew(carrier);
  }

  /** Whether a command may take its place: not while our lanes are cut or the peer's COMMIT due. */
  boolean mayMakeWay() {
    return !isIn(MIGRATING) && !(byPeer && isIn(RESUMING));
  }

  boolean leadsTo(CarrierId carrier) {
    return ends.leadsTo(carrier);
  }

  boolean isOnItsWayTo(CarrierId carrier) {
    return ends.isNew(carrier) && !isClosing();
  }

  HandoverState state() {
    return clock.state();
  }

  long deadlineNanos() {
    return deadlineNanos;
  }

  /** The report once it has ended, null before. */
  @Nullable HandoverReport report(long gapNanos, @Nullable CarrierId nowOn) {
    HandoverResult how = result;
    return how == null
        ? null
        : new HandoverReport(
            goal.from(),
            goal.toKind(),
            ends.to(),
            goal.cause(),
            byPeer,
            how,
            reason,
            clock.state(),
            clock.steps(),
            gapNanos,
            framesResent,
            nowOn);
  }

  boolean isOver() {
    return result != null;
  }
}
