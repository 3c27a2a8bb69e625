package io.quicmesh.migration;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the carrier of one session: direct before relay; within a kind the quicker one by a
 * margin; a direct carrier that is measurably worse than the relay, or that flaps, has to earn its
 * rank back; the operator's word before all, as long as the carrier lives.
 *
 * <p>It decides and does not act: a {@link ChoiceOutput.Move} starts a handover, whose end is told
 * back with {@link #handleHandoverEnded}. While one is under way another is asked for only if its
 * target is lost or the operator speaks. What is not urgent only one of the two sides begins, lest
 * they collide. Facts about unknown carriers are ignored.
 *
 * <p>Mutable; owned by the event loop that owns the session.
 */
public final class CarrierChoice {

  /** How long the side that follows lets the other begin what both find better. */
  private static final long FOLLOW_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** After a handover that could not begin. */
  private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final ChoiceSettings settings;
  private final boolean leads;
  private final Map<CarrierId, CarrierView> carriers = new LinkedHashMap<>();
  private final Map<String, HoldDown> holdDowns = new HashMap<>();
  private final Deque<ChoiceOutput> outputs = new ArrayDeque<>();
  private final ForcedCarrier forced = new ForcedCarrier();
  private final CarrierRanking ranking;
  private @Nullable CarrierId current;
  private long currentSinceNanos;
  private @Nullable CarrierId movingTo;
  private @Nullable Decision decision;
  private @Nullable CarrierId leftToPeer;
  private long leftUntilNanos = Deadlines.NEVER;
  private long nextDeadlineNanos = Deadlines.NEVER;

  /** The choice of the side that leads. */
  public CarrierChoice(ChoiceSettings settings) {
    this(settings, true);
  }

  /**
   * @param leads whether this side begins moves that are not urgent; one of the two does, and the
   *     other only if a second later it still finds the same
   */
  public CarrierChoice(ChoiceSettings settings, boolean leads) {
    this.settings = settings;
    this.leads = leads;
    this.ranking = new CarrierRanking(settings, carriers, forced);
  }

  /** A carrier is ready to take lanes. */
  public void handleCarrierUp(CarrierId carrier, long nowNanos) {
    if (!carriers.containsKey(carrier)) {
      CarrierView view =
          new CarrierView(carrier, holdDown(carrier), new Demotion(settings), nowNanos);
      if (carriesThePathOf(carrier)) {
        view.handleProven(nowNanos);
      }
      carriers.put(carrier, view);
    }
    evaluate(nowNanos);
  }

  /** Whether the session is on another direct connection, which this one renews. */
  private boolean carriesThePathOf(CarrierId carrier) {
    CarrierView used = current == null ? null : carriers.get(current);
    return used != null
        && !used.silent
        && used.id.kind() == CarrierKind.DIRECT
        && carrier.kind() == CarrierKind.DIRECT;
  }

  /** A carrier is gone. */
  public void handleCarrierDown(CarrierId carrier, long nowNanos) {
    if (carriers.remove(carrier) == null) {
      return;
    }
    if (carrier.equals(current)) {
      holdDown(carrier).handleFlap(nowNanos);
      current = null;
    }
    forgetMove(carrier);
    evaluate(nowNanos);
  }

  public void handleMeasured(CarrierId carrier, PathQuality quality, long nowNanos) {
    CarrierView view = carriers.get(carrier);
    if (view != null) {
      view.quality = quality;
      evaluate(nowNanos);
    }
  }

  public void handleSilent(CarrierId carrier, long nowNanos) {
    CarrierView view = carriers.get(carrier);
    if (view != null && !view.silent) {
      view.silent = true;
      forgetMove(carrier);
      evaluate(nowNanos);
    }
  }

  public void handleHeardAgain(CarrierId carrier, long nowNanos) {
    CarrierView view = carriers.get(carrier);
    if (view != null && view.silent) {
      view.silent = false;
      view.handleUnwell(nowNanos);
      evaluate(nowNanos);
    }
  }

  /** The path carries small packets only, or does no longer. */
  public void handleSmallPacketsOnly(CarrierId carrier, boolean smallOnly, long nowNanos) {
    CarrierView view = carriers.get(carrier);
    if (view != null && view.smallPacketsOnly != smallOnly) {
      view.smallPacketsOnly = smallOnly;
      view.handleUnwell(nowNanos);
      evaluate(nowNanos);
    }
  }

  /** The carrier will go away, because its relay drains or its connection is renewed. */
  public void handleLeaving(CarrierId carrier, HandoverCause cause, long nowNanos) {
    CarrierView view = carriers.get(carrier);
    if (view != null) {
      view.leaving = cause;
      evaluate(nowNanos);
    }
  }

  /**
   * The operator asks this side for a carrier and that the session stay there.
   *
   * @param name the relay's name or null for any of the kind
   */
  public void handleForced(CarrierKind kind, @Nullable String name, long holdNanos, long nowNanos) {
    force(kind, name, false, holdNanos, nowNanos);
  }

  /** The operator asked the peer, which begins the move. */
  public void handleForcedByPeer(
      CarrierKind kind, @Nullable String name, long holdNanos, long nowNanos) {
    force(kind, name, true, holdNanos, nowNanos);
  }

  private void force(
      CarrierKind kind, @Nullable String name, boolean byPeer, long holdNanos, long nowNanos) {
    forced.set(kind, name, byPeer, nowNanos + holdNanos);
    movingTo = null;
    leftToPeer = null;
    evaluate(nowNanos);
  }

  /** The operator takes the last word back. */
  public void handleForceReleased(long nowNanos) {
    forced.clear();
    evaluate(nowNanos);
  }

  /** The session was set up on this carrier. */
  public void handleEstablished(CarrierId carrier, long nowNanos) {
    movingTo = null;
    settle(carrier, HandoverCause.PREFER_DIRECT, nowNanos);
    evaluate(nowNanos);
  }

  /** A handover of either side ended. If another took its place, the end of that one is awaited. */
  public void handleHandoverEnded(HandoverReport report, long nowNanos) {
    CarrierId to = report.to();
    CarrierId nowOn = report.nowOn();
    CarrierView tried = to == null ? null : carriers.get(to);
    if (tried != null && report.result() == HandoverResult.FAILED) {
      tried.handleHandoverFailed(nowNanos);
    }
    if (nowOn == null) {
      current = null;
    } else if (!nowOn.equals(current)) {
      settle(nowOn, report.cause(), nowNanos);
    }
    if (report.result() != HandoverResult.SUPERSEDED) {
      movingTo = null;
    }
    evaluate(nowNanos);
  }

  /** The handover that was wanted last could not begin: it is looked at again after a while. */
  public void handleNotBegun(long nowNanos) {
    movingTo = null;
    nextDeadlineNanos = Math.min(nextDeadlineNanos, nowNanos + AGAIN_NANOS);
  }

  public long nextDeadlineNanos() {
    return nextDeadlineNanos;
  }

  public void handleDeadline(long nowNanos) {
    if (nowNanos >= nextDeadlineNanos) {
      evaluate(nowNanos);
    }
  }

  public @Nullable ChoiceOutput poll() {
    return outputs.poll();
  }

  /** The carrier in use. */
  public @Nullable CarrierId current() {
    return current;
  }

  /** Since when it has been in use. */
  public long currentSinceNanos() {
    return currentSinceNanos;
  }

  /** The last decision with its reasons; null before the first carrier came up. */
  public @Nullable Decision decision() {
    return decision;
  }

  private void settle(CarrierId to, HandoverCause cause, long nowNanos) {
    CarrierId left = current;
    if (left != null && cause.blames(left, to)) {
      holdDown(left).handleFlap(nowNanos);
      CarrierView view = carriers.get(left);
      if (view != null) {
        view.handleUnwell(nowNanos);
      }
    }
    current = to;
    currentSinceNanos = nowNanos;
    CarrierView view = carriers.get(to);
    if (view != null) {
      view.handleHandoverDone();
    }
  }

  /** Every direct carrier of a session stands for the same path; each relay for its own. */
  private HoldDown holdDown(CarrierId carrier) {
    String path = carrier.kind() == CarrierKind.DIRECT ? "" : carrier.name();
    return holdDowns.computeIfAbsent(path, key -> new HoldDown(settings));
  }

  private void forgetMove(CarrierId lost) {
    if (lost.equals(movingTo)) {
      movingTo = null;
    }
  }

  private void evaluate(long nowNanos) {
    forced.expire(nowNanos);
    compareWithRelay(nowNanos);
    Decision made = ranking.decide(current, currentSinceNanos, nowNanos);
    decision = made;
    CarrierId to = made.chosen();
    HandoverCause cause = made.cause();
    if (to == null || cause == null) {
      leftToPeer = null;
      leftUntilNanos = Deadlines.NEVER;
    } else if (movingTo == null && isOursToBegin(to, cause, nowNanos)) {
      movingTo = to;
      outputs.add(new ChoiceOutput.Move(current, to, cause, made));
    }
    nextDeadlineNanos = planDeadline(nowNanos);
  }

  private boolean isOursToBegin(CarrierId to, HandoverCause cause, long nowNanos) {
    boolean ours = cause == HandoverCause.FORCED ? !forced.isByPeer() : leads;
    if (ours || cause.isUrgent()) {
      return true;
    }
    if (!to.equals(leftToPeer)) {
      leftToPeer = to;
      leftUntilNanos = nowNanos + FOLLOW_NANOS;
    }
    return nowNanos >= leftUntilNanos;
  }

  private void compareWithRelay(long nowNanos) {
    PathQuality relay = null;
    for (CarrierView view : carriers.values()) {
      boolean fit = view.id.kind() == CarrierKind.RELAY && !view.silent && view.leaving == null;
      if (fit
          && view.quality.measured()
          && (relay == null || view.quality.rttNanos() < relay.rttNanos())) {
        relay = view.quality;
      }
    }
    for (CarrierView view : carriers.values()) {
      if (view.id.kind() == CarrierKind.DIRECT
          && view.demotion.handleCompared(view.quality, relay, nowNanos)) {
        view.handleUnwell(nowNanos);
      }
    }
  }

  private long planDeadline(long nowNanos) {
    long next = forced.untilNanos();
    if (leftUntilNanos > nowNanos) {
      next = Math.min(next, leftUntilNanos);
    }
    for (CarrierView view : carriers.values()) {
      next = Math.min(next, view.demotion.nextDeadlineNanos());
      for (long at :
          new long[] {
            view.heldUntilNanos(nowNanos), view.failedUntilNanos(), view.pausedUntilNanos()
          }) {
        if (at > nowNanos) {
          next = Math.min(next, at);
        }
      }
    }
    return next;
  }
}
