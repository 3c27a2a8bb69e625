package io.quicmesh.transport.session;

import io.quicmesh.transport.session.ResumeExchange.Committed;
import io.quicmesh.transport.session.ResumeExchange.Purpose;
import org.jspecify.annotations.Nullable;

/**
 * Moves a session's lanes between attachments, and orders the attempts to do so: each has an epoch,
 * of both sides' attempts the highest wins, and one of ours is under way at a time. Owned by the
 * event loop.
 *
 * <p>An attempt is RESUME, RESUMED and COMMIT on the carrier to move to. Up to COMMIT nothing has
 * moved, so an attempt that is lost costs nothing. A handover is committed when the owner says so;
 * what the session needs for itself (its first attachment, the next generation of its secret, a
 * lane's stream that ended) it commits at once.
 */
final class SessionMoves {

  private static final int REFUSALS_MAX = 3;

  private final Session session;
  private final SessionListener listener;
  private final SendLanes sendLanes;
  private final ReceiveLanes receiveLanes;
  private int highestEpoch;
  private int committedEpoch;
  private int followedEpoch;

  SessionMoves(
      Session session, SessionListener listener, SendLanes sendLanes, ReceiveLanes receiveLanes) {
    this.session = session;
    this.listener = listener;
    this.sendLanes = sendLanes;
    this.receiveLanes = receiveLanes;
  }

  /** Whether lanes were ever attached since the session got its first keys. */
  boolean hasCommitted() {
    return committedEpoch > 0;
  }

  int highestEpoch() {
    return highestEpoch;
  }

  /** The peer lost its state, or there was none: attempts are counted anew. */
  void restart() {
    highestEpoch = 0;
    committedEpoch = 0;
    followedEpoch = 0;
  }

  // This side begins.

  /** Begins a handover, if there is what it needs. */
  void resume(Carrier carrier) {
    CarrierLink link = session.links().find(carrier);
    if (link == null || !session.keys().isThere()) {
      listener.resumeFailed(carrier, link == null ? "the carrier is gone" : "no keys yet");
    } else {
      begin(link, 0, Purpose.HANDOVER);
    }
  }

  /** Begins what the session needs for itself, unless a handover is under way. */
  void upkeep(Carrier carrier, int generations, Purpose purpose) {
    CarrierLink link = session.links().find(carrier);
    if (link != null && session.keys().isThere() && handoverUnderWay() == null) {
      begin(link, generations, purpose);
    }
  }

  void begin(CarrierLink link, int generations, Purpose purpose) {
    for (CarrierLink other : session.links().all()) {
      other.resume().drop();
    }
    int generation = session.keys().schedule().generation() + generations;
    link.resume().begin(nextEpoch(), generation, purpose);
  }

  private int nextEpoch() {
    int own = session.config().isInitiator() ? 0 : 1;
    highestEpoch = (((highestEpoch >>> 1) + 1) << 1) | own;
    return highestEpoch;
  }

  /** The carrier to which the owner's attempt moves the session, if there is one. */
  @Nullable CarrierLink handoverUnderWay() {
    for (CarrierLink link : session.links().all()) {
      if (link.resume().epoch() != 0 && link.resume().purpose() == Purpose.HANDOVER) {
        return link;
      }
    }
    return null;
  }

  /** An attempt that was asked for on the old set-up stream may have been lost with it. */
  void handleSetUpReplaced(CarrierLink link) {
    if (link.resume().epoch() != 0 && !link.resume().isAnswered() && session.keys().isThere()) {
      link.resume().beginAgain(nextEpoch(), session.keys().schedule().generation());
    }
  }

  void handleResumed(CarrierLink link) {
    if (link.resume().purpose() == Purpose.HANDOVER) {
      listener.resumed(link.carrier());
    } else {
      boolean isResending = link.resume().purpose() == Purpose.RESENDING;
      commit(link, isResending || sendLanes.attached() == null);
    }
  }

  /**
   * The peer refused: it has seen a higher epoch, so a handover is tried again with one that is
   * higher still, and upkeep is left to whoever won; or it does not know the session (0).
   */
  void handleRefused(CarrierLink link, int highest) {
    highestEpoch = Math.max(highestEpoch, highest);
    boolean isUnknown = highest == 0;
    boolean isHandover = link.resume().purpose() == Purpose.HANDOVER;
    boolean isNeeded = isHandover || sendLanes.attached() == null;
    if (!isUnknown && isNeeded && link.resume().refusals() < REFUSALS_MAX) {
      link.resume().beginAgain(nextEpoch(), session.keys().schedule().generation());
      return;
    }
    link.resume().drop();
    if (isHandover) {
      String reason = isUnknown ? "the peer does not know the session" : "a newer attempt won";
      listener.resumeFailed(link.carrier(), reason);
    }
    if (isUnknown) {
      session.startOver(link.carrier());
    }
  }

  /** Commits the owner's attempt, if it was answered and is still there. */
  void commit(Carrier carrier, boolean isOldSilent) {
    CarrierLink link = session.links().find(carrier);
    if (link == null || !link.resume().isAnswered()) {
      listener.resumeFailed(carrier, "the attempt is gone");
    } else {
      commit(link, isOldSilent);
    }
  }

  /** Moves this side's lanes to a carrier whose resumption the peer answered. */
  private void commit(CarrierLink link, boolean isOldSilent) {
    if (link.resume().epoch() < committedEpoch) {
      link.resume().drop();
      listener.resumeFailed(link.carrier(), "a newer attempt won");
      return;
    }
    move(link.resume().commit(isOldSilent), false);
  }

  // The peer begins.

  /**
   * Whether the peer's attempt is newer than all that are known. Then ours is given up, but made
   * again if the peer only wants new keys where the lanes are.
   *
   * @param generation of the secret that the attempt is made with
   */
  boolean admit(int epoch, int generation, CarrierLink on) {
    if (epoch <= highestEpoch && !isBehind(generation)) {
      return false;
    }
    highestEpoch = Math.max(highestEpoch, epoch);
    Attachment attached = sendLanes.attached();
    boolean isUpkeep = attached != null && attached.link() == on;
    CarrierLink interrupted = isUpkeep ? handoverUnderWay() : null;
    for (CarrierLink link : session.links().all()) {
      link.resume().drop();
    }
    if (interrupted == null || interrupted == on) {
      return true;
    }
    begin(interrupted, 0, Purpose.HANDOVER);
    return false;
  }

  /**
   * Whether a ratchet that the peer has committed was lost on its way here. Then it refuses all
   * that is made with our older secret, so what it begins itself goes before ours, whatever the
   * epochs.
   */
  private boolean isBehind(int generation) {
    return generation > session.keys().schedule().generation()
        && (sendLanes.attached() == null || isRefused());
  }

  private boolean isRefused() {
    for (CarrierLink link : session.links().all()) {
      if (link.resume().epoch() != 0 && link.resume().refusals() > 0) {
        return true;
      }
    }
    return false;
  }

  void handleCommitted(Committed committed) {
    if (committed.attachment().epoch() > committedEpoch) {
      move(committed, true);
    }
  }

  // Both.

  private void move(Committed committed, boolean isByPeer) {
    Attachment from = sendLanes.attached();
    CarrierLink to = committed.attachment().link();
    committedEpoch = committed.attachment().epoch();
    session.keys().schedule().ratchetTo(committed.peer().generation());
    long resent = sendLanes.move(committed);
    receiveLanes.acknowledgeAgain();
    sendLanes.flush();
    listener.attached(to.carrier(), new LaneMove(isByPeer, committed.isOldSilent(), resent));
    if (from != null && from.link() != to) {
      session.tellIfIdle(from.link());
    }
    handleProgress();
  }

  /** Tells once when the peer's lanes have all come to where ours are. */
  void handleProgress() {
    Attachment on = sendLanes.attached();
    if (on == null || followedEpoch == committedEpoch) {
      return;
    }
    if (receiveLanes.haveReached(committedEpoch)) {
      followedEpoch = committedEpoch;
      listener.peerFollowed(on.link().carrier());
    }
  }

  /** Whether the peer's lanes have all come to where ours are. */
  boolean hasPeerFollowed() {
    return followedEpoch == committedEpoch;
  }

  /** Stops reading what the peer has left. */
  void leaveOldStreams() {
    receiveLanes.leaveBefore(committedEpoch);
  }
}
