package io.quicmesh.migration;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Moves a session's lanes from one carrier to another, whatever their kinds, whoever began:
 *
 * <pre>
 *   1 STARTING_LISTENER > 2 CONNECTING > 3 RESUMING > 4 MIGRATING, SWITCHING > 5 CLOSING
 * </pre>
 *
 * <p>A carrier that is up already is resumed at once. Until COMMIT the old carrier stays in use, so
 * every failure before it costs nothing. After it each direction moves by itself: what is missing
 * is asked for by the lanes, which never skip a gap, so this machine only waits for them. One
 * handover runs at a time; another command replaces it while our lanes are not just being cut, and
 * a higher attempt of the peer replaces it always.
 *
 * <p>Facts that fit nothing under way are ignored.
 *
 * <p>Mutable; owned by the event loop that owns the session.
 */
public final class Handover {

  private final HandoverSettings settings;
  private final AttemptCounter attempts;
  private final Deque<HandoverOutput> outputs = new ArrayDeque<>();
  private final DeliveryGap gap = new DeliveryGap();
  private @Nullable CarrierId on;
  private boolean onDead;
  private @Nullable HandoverRun run;

  /**
   * @param nodeId this node's id: it orders attempts of equal counter
   */
  public Handover(String nodeId, HandoverSettings settings) {
    this.attempts = new AttemptCounter(nodeId);
    this.settings = settings;
  }

  // Commands.

  /**
   * Begins a handover to a carrier that is up; false if that cannot be now, or is needless. One
   * that is under way to that carrier goes on.
   */
  public boolean handleStart(CarrierId to, HandoverCause cause, long nowNanos) {
    if (run != null && run.isOnItsWayTo(to)) {
      return true;
    }
    if (to.equals(carrier()) || !makeWay(nowNanos)) {
      return false;
    }
    HandoverGoal goal = new HandoverGoal(on, onDead, to.kind(), to.name(), cause);
    begin(goal, HandoverState.RESUMING, nowNanos).move().resumeOn(to, nowNanos);
    return true;
  }

  /**
   * Begins a handover to a carrier that is yet to be set up; false if that cannot be now, because
   * one to a carrier that is up runs. One that is to set the same up goes on.
   *
   * @param name the relay, null for any and for a direct carrier
   */
  public boolean handleStartDial(
      CarrierKind kind, @Nullable String name, HandoverCause cause, long nowNanos) {
    HandoverGoal goal = new HandoverGoal(on, onDead, kind, name, cause);
    if (run != null && run.isSettingUp(goal)) {
      return true;
    }
    if (run != null && !run.mayMakeWayForDial()) {
      return false;
    }
    supersede(nowNanos);
    begin(goal, HandoverState.STARTING_LISTENER, nowNanos).setUp().listen(false, nowNanos);
    return true;
  }

  // Facts, in the order of the steps.

  /** Step 1 is done: the port is bound, candidates are known. */
  public void handleCandidates(long nowNanos) {
    if (run != null) {
      run.setUp().handleCandidates(nowNanos);
    }
  }

  /** The port could not be bound: another is tried, three in all. */
  public void handleListenFailed(String reason, long nowNanos) {
    if (run != null) {
      run.setUp().handleListenFailed(reason, nowNanos);
      reportIfOver(nowNanos);
    }
  }

  /** A carrier came up. */
  public void handleConnected(CarrierId carrier, long nowNanos) {
    if (run != null && run.setUp().isAwaited(carrier)) {
      run.move().resumeOn(carrier, nowNanos);
    }
  }

  /** No carrier of the kind that was to be set up came up. */
  public void handleConnectFailed(CarrierKind kind, String reason, long nowNanos) {
    if (run != null) {
      run.setUp().handleConnectFailed(kind, reason, nowNanos);
      reportIfOver(nowNanos);
    }
  }

  /** The peer answered RESUME with RESUMED. */
  public void handleResumed(CarrierId carrier, long nowNanos) {
    if (run != null) {
      run.move().handleResumed(carrier, nowNanos);
    }
  }

  /** RESUME failed on this carrier. */
  public void handleResumeFailed(CarrierId carrier, String reason, long nowNanos) {
    if (run != null) {
      run.move().handleResumeFailed(carrier, reason, nowNanos);
      reportIfOver(nowNanos);
    }
  }

  /** Our RESUME lost against a higher attempt of the peer, whose COMMIT is to follow. */
  public void handleResumeLost(CarrierId carrier, long nowNanos) {
    if (run != null) {
      run.move().handleResumeLost(carrier, nowNanos);
    }
  }

  /** The peer sent RESUME. A handover of ours to the same carrier becomes the peer's. */
  public void handlePeerResume(
      Attempt attempt, CarrierId carrier, HandoverCause cause, long nowNanos) {
    Attempt higher = attempts.admit(attempt);
    if (higher == null) {
      runOfPeer(carrier, cause, nowNanos).move().answer(attempt, carrier, nowNanos);
    } else {
      outputs.add(new HandoverOutput.RefuseResume(attempt, higher));
    }
  }

  /**
   * The peer sent RESUME, and the transport, which orders attempts by itself, answered. A handover
   * of ours to the same carrier becomes the peer's; one to another has lost.
   */
  public void handlePeerResume(CarrierId carrier, HandoverCause cause, long nowNanos) {
    runOfPeer(carrier, cause, nowNanos).move().leaveToPeer(carrier, nowNanos);
  }

  /**
   * The peer's COMMIT came: our lanes are to follow. It may be the first that is heard of the
   * peer's attempt, where the transport orders attempts by itself.
   */
  public void handleCommitted(CarrierId carrier, boolean oldSilent, long nowNanos) {
    HandoverRun followed = runOfPeer(carrier, HandoverCause.PEER, nowNanos);
    followed.move().handleCommitted(carrier, oldSilent, nowNanos);
  }

  /** Our lanes go on on this carrier. */
  public void handleLanesCut(CarrierId carrier, long framesResent, long nowNanos) {
    on = carrier;
    onDead = false;
    if (run != null) {
      run.move().handleLanesCut(carrier, framesResent, nowNanos);
      reportIfOver(nowNanos);
    }
  }

  /** More frames were sent again, because the peer asked. */
  public void handleResent(long frames) {
    if (run != null) {
      run.handleResent(frames);
    }
  }

  /** The peer's lanes go on on this carrier, and nothing is awaited from the old one. */
  public void handlePeerCut(CarrierId carrier, long nowNanos) {
    if (run != null) {
      run.move().handlePeerCut(carrier, nowNanos);
      reportIfOver(nowNanos);
    }
  }

  /** The session's streams on the old carrier have ended, in both directions. */
  public void handleOldCarrierClosed(CarrierId carrier, long nowNanos) {
    if (run != null) {
      run.move().handleOldCarrierClosed(carrier, nowNanos);
      reportIfOver(nowNanos);
    }
  }

  // Facts about carriers, at any time.

  /** A carrier is gone. */
  public void handleCarrierDead(CarrierId carrier, long nowNanos) {
    onDead |= carrier.equals(on);
    if (run != null) {
      run.move().handleCarrierDead(carrier, nowNanos);
      reportIfOver(nowNanos);
    }
  }

  /** Nothing is heard on a carrier. */
  public void handleSilent(CarrierId carrier) {
    if (run != null) {
      run.handleSilent(carrier);
    }
  }

  /** A silent carrier is heard again: what its silence began is given up if it still can be. */
  public void handleHeardAgain(CarrierId carrier, long nowNanos) {
    if (run != null) {
      run.handleHeardAgain(carrier, nowNanos);
      reportIfOver(nowNanos);
    }
  }

  /** Frames of the peer were delivered. */
  public void handleDelivered(long nowNanos) {
    gap.handleDelivered(nowNanos);
  }

  // Time.

  public long nextDeadlineNanos() {
    return run == null ? Deadlines.NEVER : run.deadlineNanos();
  }

  public void handleDeadline(long nowNanos) {
    if (run != null) {
      run.handleDeadline(nowNanos);
      reportIfOver(nowNanos);
    }
  }

  public @Nullable HandoverOutput poll() {
    return outputs.poll();
  }

  // State.

  public HandoverState state() {
    if (run != null) {
      return run.state();
    }
    CarrierId now = carrier();
    if (now == null) {
      return HandoverState.NO_CARRIER;
    }
    return now.kind() == CarrierKind.DIRECT ? HandoverState.DIRECT : HandoverState.RELAY_ONLY;
  }

  /** The carrier that our lanes run on; null if there is none or it is gone. */
  public @Nullable CarrierId carrier() {
    return onDead ? null : on;
  }

  private HandoverRun begin(HandoverGoal goal, HandoverState first, long nowNanos) {
    StepClock clock = new StepClock(first, nowNanos);
    HandoverProgress progress = new HandoverProgress(goal, settings, outputs, clock);
    HandoverRun next = new HandoverRun(progress, attempts);
    run = next;
    gap.start(nowNanos);
    return next;
  }

  private HandoverRun runOfPeer(CarrierId carrier, HandoverCause cause, long nowNanos) {
    HandoverRun ours = run;
    if (ours != null && ours.leadsTo(carrier)) {
      return ours;
    }
    supersede(nowNanos);
    HandoverGoal goal = new HandoverGoal(on, onDead, carrier.kind(), carrier.name(), cause);
    return begin(goal, HandoverState.RESUMING, nowNanos);
  }

  private boolean makeWay(long nowNanos) {
    if (run != null && !run.mayMakeWay()) {
      return false;
    }
    supersede(nowNanos);
    return true;
  }

  private void supersede(long nowNanos) {
    if (run != null) {
      run.supersede(nowNanos);
      reportIfOver(nowNanos);
    }
  }

  private void reportIfOver(long nowNanos) {
    HandoverRun ended = run;
    if (ended != null && ended.isOver()) {
      HandoverReport report = ended.report(gap.finish(nowNanos), carrier());
      run = null;
      if (report != null) {
        outputs.add(new HandoverOutput.Report(report));
      }
    }
  }
}
