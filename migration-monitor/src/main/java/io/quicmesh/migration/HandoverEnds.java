package io.quicmesh.migration;

import org.jspecify.annotations.Nullable;

/**
 * The two carriers of a handover and what is known of them: whether the old one can still bring
 * anything, and which directions have moved to the new one.
 *
 * <p>Mutable; owned by {@link Handover}.
 */
final class HandoverEnds {

  private final HandoverGoal goal;
  private @Nullable CarrierId to;
  private boolean oldDead;
  private boolean oldSilent;
  private boolean oldClosed;
  private boolean lanesCut;
  private boolean peerCut;

  HandoverEnds(HandoverGoal goal) {
    this.goal = goal;
    this.oldDead = goal.fromDead();
    this.oldSilent = goal.cause() == HandoverCause.SILENCE;
  }

  void moveTo(CarrierId carrier) {
    to = carrier;
  }

  void handleOldSilent(boolean silent) {
    oldSilent = silent;
  }

  void handleLanesCut() {
    lanesCut = true;
  }

  void handlePeerCut() {
    peerCut = true;
  }

  /** The old streams ended in both directions, so the peer's lanes have been cut. */
  void handleOldClosed() {
    oldClosed = true;
    peerCut |= lanesCut;
  }

  void handleDead(CarrierId carrier) {
    oldDead |= isOld(carrier);
  }

  @Nullable CarrierId to() {
    return to;
  }

  boolean isOld(CarrierId carrier) {
    return carrier.equals(goal.from());
  }

  boolean isNew(CarrierId carrier) {
    return carrier.equals(to);
  }

  boolean leadsTo(CarrierId carrier) {
    return to == null ? goal.accepts(carrier) : to.equals(carrier);
  }

  boolean areLanesCut() {
    return lanesCut;
  }

  boolean areBothCut() {
    return lanesCut && peerCut;
  }

  /** Whether nothing can be expected of the old carrier, so that lanes are not cut there. */
  boolean isOldLost() {
    return goal.from() == null
        || oldDead
        || oldSilent
        || goal.cause() == HandoverCause.SMALL_PACKETS;
  }

  /** Whether no stream is left on the old carrier. */
  boolean isOldClosed() {
    return oldClosed || oldDead || goal.from() == null || goal.from().equals(to);
  }
}
