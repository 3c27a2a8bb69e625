package io.quicmesh.migration;

import static io.quicmesh.migration.HandoverState.MIGRATING;
import static io.quicmesh.migration.HandoverState.RESUMING;
import static io.quicmesh.migration.HandoverState.SWITCHING;

/**
 * Steps 3 to 5 of a handover, from a carrier that is up to lanes that run on it.
 *
 * <p>Mutable; owned by {@link Handover}.
 */
final class MoveSteps {

  private static final int COMMIT_TRIES = 3;

  private final HandoverProgress progress;
  private final HandoverEnds ends;
  private final AttemptCounter attempts;
  private int tries = 1;

  MoveSteps(HandoverProgress progress, AttemptCounter attempts) {
    this.progress = progress;
    this.ends = progress.ends();
    this.attempts = attempts;
  }

  // Step 3, begun here.

  void resumeOn(CarrierId carrier, long nowNanos) {
    if (!progress.isIn(RESUMING)) {
      progress.enter(RESUMING, nowNanos);
    }
    ends.moveTo(carrier);
    progress.restartDeadline(nowNanos);
    progress.ask(new HandoverOutput.SendResume(attempts.next(), carrier));
  }

  void handleResumed(CarrierId carrier, long nowNanos) {
    if (isAwaitingAnswer(carrier)) {
      progress.ask(new HandoverOutput.Commit(carrier, ends.isOldLost()));
      cut(carrier, nowNanos);
    }
  }

  void handleResumeFailed(CarrierId carrier, String why, long nowNanos) {
    if (isAwaitingAnswer(carrier)) {
      progress.finish(HandoverResult.FAILED, "resume: " + why, nowNanos);
    }
  }

  void handleResumeLost(CarrierId carrier, long nowNanos) {
    if (isAwaitingAnswer(carrier)) {
      progress.leaveToPeer();
      progress.restartDeadline(nowNanos);
    }
  }

  private boolean isAwaitingAnswer(CarrierId carrier) {
    return !progress.isByPeer() && progress.isIn(RESUMING) && ends.isNew(carrier);
  }

  // Step 3, begun by the peer, whose attempt decides from now on.

  void answer(Attempt attempt, CarrierId carrier, long nowNanos) {
    leaveToPeer(carrier, nowNanos);
    progress.ask(new HandoverOutput.AcceptResume(attempt, carrier));
  }

  void leaveToPeer(CarrierId carrier, long nowNanos) {
    if (!progress.isIn(RESUMING)) {
      progress.enter(RESUMING, nowNanos);
    }
    ends.moveTo(carrier);
    progress.leaveToPeer();
    progress.restartDeadline(nowNanos);
  }

  void handleCommitted(CarrierId carrier, boolean peerFindsOldSilent, long nowNanos) {
    ends.moveTo(carrier);
    progress.leaveToPeer();
    if (peerFindsOldSilent) {
      ends.handleOldSilent(true);
    }
    cut(carrier, nowNanos);
  }

  void handleResumeTimeout(long nowNanos) {
    if (ends.areBothCut()) {
      closeIfBothCut(nowNanos);
    } else if (ends.areLanesCut()) {
      commitAgain("resume: no answer in time", nowNanos);
    } else if (progress.isByPeer()) {
      String why = "resume: the peer did not commit";
      progress.giveUp(HandoverResult.ABANDONED, why, nowNanos);
    } else {
      progress.giveUp(HandoverResult.FAILED, "resume: no answer in time", nowNanos);
    }
  }

  // Step 4.

  private void cut(CarrierId carrier, long nowNanos) {
    progress.enter(MIGRATING, nowNanos);
    progress.ask(new HandoverOutput.CutLanes(carrier, ends.isOldLost()));
  }

  void handleLanesCut(CarrierId carrier, long framesResent, long nowNanos) {
    if (progress.isIn(MIGRATING) && ends.isNew(carrier)) {
      ends.handleLanesCut();
      progress.addResent(framesResent);
      progress.enter(SWITCHING, nowNanos);
      closeIfBothCut(nowNanos);
    }
  }

  void handlePeerCut(CarrierId carrier, long nowNanos) {
    if (ends.isNew(carrier)) {
      ends.handlePeerCut();
      closeIfBothCut(nowNanos);
    }
  }

  /** Our lanes moved and the peer's did not follow: COMMIT may not have arrived. */
  void commitAgain(String why, long nowNanos) {
    CarrierId carrier = ends.to();
    if (carrier == null || progress.isByPeer() || tries >= COMMIT_TRIES) {
      progress.finish(HandoverResult.FAILED, why, nowNanos);
    } else {
      tries++;
      resumeOn(carrier, nowNanos);
    }
  }

  // Step 5.

  void handleOldCarrierClosed(CarrierId carrier, long nowNanos) {
    if (ends.isOld(carrier)) {
      ends.handleOldClosed();
      closeIfBothCut(nowNanos);
    }
  }

  private void closeIfBothCut(long nowNanos) {
    CarrierId carrier = ends.to();
    if (carrier == null || !ends.areBothCut()) {
      return;
    }
    if (!progress.isClosing()) {
      progress.abort("the peer has followed");
      progress.enter(progress.goal().closingState(), nowNanos);
      progress.ask(new HandoverOutput.CloseOldStreams(carrier));
    }
    if (ends.isOldClosed()) {
      progress.finish(HandoverResult.DONE, null, nowNanos);
    }
  }

  // At any time.

  void handleCarrierDead(CarrierId carrier, long nowNanos) {
    ends.handleDead(carrier);
    if (progress.isClosing()) {
      closeIfBothCut(nowNanos);
    } else if (ends.isNew(carrier)) {
      progress.finish(HandoverResult.FAILED, "the new carrier died", nowNanos);
    }
  }
}
