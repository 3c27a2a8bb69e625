package io.quicmesh.migration;

import org.jspecify.annotations.Nullable;

/**
 * One handover from its first step to its end.
 *
 * <p>Mutable; owned by {@link Handover}.
 */
final class HandoverRun {

  private final HandoverProgress progress;
  private final SetUpSteps setUp;
  private final MoveSteps move;

  HandoverRun(HandoverProgress progress, AttemptCounter attempts) {
    this.progress = progress;
    this.setUp = new SetUpSteps(progress);
    this.move = new MoveSteps(progress, attempts);
  }

  /** Steps 1 and 2. */
  SetUpSteps setUp() {
    return setUp;
  }

  /** Steps 3 to 5. */
  MoveSteps move() {
    return move;
  }

  void handleResent(long frames) {
    progress.addResent(frames);
  }

  void handleSilent(CarrierId carrier) {
    if (progress.ends().isOld(carrier)) {
      progress.ends().handleOldSilent(true);
    }
  }

  void handleHeardAgain(CarrierId carrier, long nowNanos) {
    if (!progress.ends().isOld(carrier)) {
      return;
    }
    progress.ends().handleOldSilent(false);
    boolean ours = progress.goal().cause() == HandoverCause.SILENCE && !progress.isByPeer();
    if (ours && progress.isBeforeCommit()) {
      progress.giveUp(HandoverResult.ABANDONED, "the old carrier is heard again", nowNanos);
    }
  }

  void handleDeadline(long nowNanos) {
    if (nowNanos < progress.deadlineNanos()) {
      return;
    }
    switch (progress.state()) {
      case STARTING_LISTENER -> setUp.handleListenFailed("not ready in time", nowNanos);
      case CONNECTING -> setUp.handleConnectTimeout(nowNanos);
      case RESUMING -> move.handleResumeTimeout(nowNanos);
      case MIGRATING ->
          progress.finish(HandoverResult.FAILED, "migrate: not cut in time", nowNanos);
      case SWITCHING -> move.commitAgain("switch: the peer did not follow in time", nowNanos);
      default ->
          progress.finish(HandoverResult.DONE, "close: old streams not ended in time", nowNanos);
    }
  }

  /** Another handover takes its place. */
  void supersede(long nowNanos) {
    if (progress.isClosing()) {
      progress.finish(HandoverResult.DONE, "close: cut short by another handover", nowNanos);
    } else {
      progress.giveUp(HandoverResult.SUPERSEDED, "another handover took its place", nowNanos);
    }
  }

  /** Whether a command may take its place: not while our lanes are cut or the peer's COMMIT due. */
  boolean mayMakeWay() {
    boolean awaitingCommit = progress.isByPeer() && progress.isIn(HandoverState.RESUMING);
    return !progress.isIn(HandoverState.MIGRATING) && !awaitingCommit;
  }

  /** A dial takes long, so it never takes the place of a move that is under way. */
  boolean mayMakeWayForDial() {
    return progress.ends().to() == null || progress.isClosing();
  }

  boolean isSettingUp(HandoverGoal goal) {
    return progress.ends().to() == null && progress.goal().wantsSameAs(goal);
  }

  boolean leadsTo(CarrierId carrier) {
    return progress.ends().leadsTo(carrier);
  }

  boolean isOnItsWayTo(CarrierId carrier) {
    return progress.ends().isNew(carrier) && !progress.isClosing();
  }

  HandoverState state() {
    return progress.state();
  }

  long deadlineNanos() {
    return progress.deadlineNanos();
  }

  boolean isOver() {
    return progress.isOver();
  }

  /** The report once it has ended, null before. */
  @Nullable HandoverReport report(long gapNanos, @Nullable CarrierId nowOn) {
    return progress.report(gapNanos, nowOn);
  }
}
