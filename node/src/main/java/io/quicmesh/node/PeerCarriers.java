package io.quicmesh.node;

import io.quicmesh.migration.CarrierChoice;
import io.quicmesh.migration.CarrierId;
import io.quicmesh.migration.CarrierKind;
import io.quicmesh.migration.ChoiceOutput;
import io.quicmesh.migration.Deadlines;
import io.quicmesh.migration.Decision;
import io.quicmesh.migration.Handover;
import io.quicmesh.migration.HandoverCause;
import io.quicmesh.migration.HandoverOutput;
import io.quicmesh.migration.HandoverReport;
import io.quicmesh.migration.HandoverState;
import io.quicmesh.migration.HandoverStep;
import io.quicmesh.migration.HealthOutput;
import io.quicmesh.migration.PathHealth;
import io.quicmesh.transport.session.Carrier;
import io.quicmesh.transport.session.Session;
import io.quicmesh.transport.wire.CloseCode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The carriers of one session: watches their health, lets {@link CarrierChoice} choose, and lets
 * {@link Handover} move the lanes. Feeds facts to the machines and does what they say. Loop-owned.
 */
final class PeerCarriers {

  private static final int ROUNDS_MAX = 64;

  /** Hears what an operator, or the session's owner, wants to know. */
  interface Observer {

    /** A handover finished a step. */
    void stepped(HandoverStep step);

    /** A handover ended. */
    void reported(HandoverReport report);

    /** The lanes run on another carrier, or on none. */
    void carrierChanged();
  }

  private final Session session;
  private final NodeContext context;
  private final Observer observer;
  private final CarrierChoice choice;
  private final Handover handover;
  private final List<CarrierEntry> entries = new ArrayList<>();
  private long heartbeatsLostBefore;
  private boolean driving;
  private boolean wasAttached;
  private boolean reattaching;
  private boolean isPathChanged;
  private long attachNanos;
  private final boolean isInitiator;
  private @Nullable CarrierId movingTo;

  PeerCarriers(Session session, NodeContext context, Observer observer, boolean isInitiator) {
    this.isInitiator = isInitiator;
    this.attachNanos = context.nowNanos();
    this.session = session;
    this.context = context;
    this.observer = observer;
    this.choice = new CarrierChoice(context.settings().choice());
    this.handover = new Handover(context.identity().id().toString(), context.settings().handover());
  }

  // Carriers come and go.

  void add(Carrier carrier, String name, boolean isEligible) {
    long now = context.nowNanos();
    CarrierKind kind =
        carrier.kind() == Carrier.Kind.DIRECT ? CarrierKind.DIRECT : CarrierKind.RELAY;
    CarrierId id = new CarrierId(kind, name);
    entries.add(new CarrierEntry(carrier, id, new PathHealth(context.settings().health(), now)));
    session.addCarrier(carrier);
    if (isEligible) {
      makeEligible(carrier);
    }
  }

  /** From now on the choice may move lanes to this carrier on its own. */
  void makeEligible(Carrier carrier) {
    CarrierEntry entry = find(carrier);
    if (entry != null && wasAttached) {
      choice.handleCarrierUp(entry.id(), context.nowNanos());
    }
  }

  /** The peer lost its state: the session attaches its lanes anew, as at the beginning. */
  void handleRestarted() {
    CarrierId on = handover.carrier();
    if (on != null) {
      handover.handleCarrierDead(on, context.nowNanos());
    }
    wasAttached = false;
  }

  void handleClosed(Carrier carrier) {
    CarrierEntry entry = find(carrier);
    if (entry == null) {
      return;
    }
    entries.remove(entry);
    heartbeatsLostBefore += entry.health().heartbeatsLost();
    if (findById(entry.id()) == null) {
      long now = context.nowNanos();
      handover.handleCarrierDead(entry.id(), now);
      choice.handleCarrierDown(entry.id(), now);
    }
    if (entries.isEmpty()) {
      observer.carrierChanged();
    }
  }

  void handleLeaving(Carrier carrier, HandoverCause cause) {
    CarrierEntry entry = find(carrier);
    if (entry != null) {
      choice.handleLeaving(entry.id(), cause, context.nowNanos());
    }
  }

  void handleForced(CarrierKind kind, @Nullable String name, long holdNanos) {
    choice.handleForced(kind, name, holdNanos, context.nowNanos());
  }

  // What the session tells.

  void handleResumed(Carrier carrier) {
    CarrierEntry entry = find(carrier);
    if (entry == null) {
      return;
    }
    if (!wasAttached) {
      session.commit(carrier, true);
    } else if (isResuming(entry.id())) {
      handover.handleResumed(entry.id(), context.nowNanos());
    } else if (reattaching || !carrier.equals(session.carrier())) {
      session.commit(carrier, isPathChanged || session.carrier() == null);
    } else {
      session.abandonAttempt(carrier);
    }
  }

  /** A lane's stream ended on the carrier in use: the lanes are attached there anew. */
  void reattach(Carrier carrier) {
    if (carrier.equals(session.carrier())) {
      reattaching = true;
      session.resume(carrier);
    }
  }

  /**
   * The path under the carrier in use is another one since this time. QUIC repairs only slowly what
   * was lost on the old path, so the lanes are attached there anew, which sends it again.
   */
  void handleMigrated(Carrier carrier, long sinceNanos) {
    boolean isMending = attachNanos - sinceNanos >= 0;
    if (carrier.equals(session.carrier()) && !isMending && !isHandingOver()) {
      attachNanos = context.nowNanos();
      isPathChanged = true;
      reattach(carrier);
    }
  }

  private boolean isHandingOver() {
    HandoverState state = handover.state();
    return state != HandoverState.DIRECT && state != HandoverState.RELAY_ONLY;
  }

  private boolean isResuming(CarrierId id) {
    return handover.state() == HandoverState.RESUMING && id.equals(movingTo);
  }

  void handleResumeFailed(Carrier carrier, String reason) {
    CarrierEntry entry = find(carrier);
    if (entry != null) {
      handover.handleResumeFailed(entry.id(), reason, context.nowNanos());
    }
  }

  void handleAttached(Carrier carrier, boolean byPeer, long framesResent) {
    CarrierEntry entry = find(carrier);
    if (entry == null) {
      return;
    }
    long now = context.nowNanos();
    reattaching = false;
    isPathChanged = false;
    attachNanos = now;
    forgetUnacknowledged(entry, now);
    if (entry.id().equals(handover.carrier()) && wasAttached) {
      handover.handleResent(framesResent);
    } else if (!wasAttached) {
      wasAttached = true;
      handover.handleLanesCut(entry.id(), framesResent, now);
      choice.handleEstablished(entry.id(), now);
      entries.forEach(each -> choice.handleCarrierUp(each.id(), now));
    } else {
      if (byPeer) {
        handover.handleCommitted(entry.id(), false, now);
        choice.handleCarrierUp(entry.id(), now);
      }
      handover.handleLanesCut(entry.id(), framesResent, now);
    }
    observer.carrierChanged();
  }

  /** What was sent on a carrier that the lanes have left is acknowledged elsewhere. */
  private void forgetUnacknowledged(CarrierEntry used, long nowNanos) {
    for (CarrierEntry entry : entries) {
      if (!entry.equals(used)) {
        entry.health().handleAcknowledged(Long.MIN_VALUE, Deadlines.NEVER, 0, nowNanos);
      }
    }
  }

  void handleIdle(Carrier carrier) {
    CarrierEntry entry = find(carrier);
    if (entry != null) {
      handover.handleOldCarrierClosed(entry.id(), context.nowNanos());
    }
  }

  void handleRecordsSent(Carrier carrier) {
    CarrierEntry entry = find(carrier);
    if (entry != null) {
      entry.health().handleRecordsSent(context.nowNanos());
    }
  }

  void handleAcknowledged(Carrier carrier, long newestSentNanos, long bytes) {
    CarrierEntry entry = find(carrier);
    if (entry != null) {
      long oldest = session.oldestUnacknowledgedNanos();
      entry.health().handleAcknowledged(newestSentNanos, oldest, bytes, context.nowNanos());
    }
  }

  void handleEchoed(Carrier carrier, long number) {
    CarrierEntry entry = find(carrier);
    if (entry != null) {
      entry.health().handleEcho(number, context.nowNanos());
    }
  }

  void handleDelivered() {
    handover.handleDelivered(context.nowNanos());
  }

  // The machines.

  /** Lets every machine see the time, and does what they want until they want nothing more. */
  void drive() {
    if (driving) {
      return;
    }
    driving = true;
    long now = context.nowNanos();
    for (CarrierEntry entry : List.copyOf(entries)) {
      if (session.isEstablished() && entry.health().nextDeadlineNanos() <= now) {
        entry.health().handleDeadline(now);
      }
    }
    if (wasAttached) {
      choice.handleDeadline(now);
    }
    handover.handleDeadline(now);
    int rounds = 0;
    while (drainOnce() && rounds < ROUNDS_MAX) {
      rounds++;
    }
    driving = false;
  }

  private boolean drainOnce() {
    boolean any = false;
    for (CarrierEntry entry : List.copyOf(entries)) {
      HealthOutput output = entry.health().poll();
      while (output != null) {
        any = true;
        apply(entry, output);
        output = entry.health().poll();
      }
    }
    HandoverOutput step = handover.poll();
    while (step != null) {
      any = true;
      apply(step);
      step = handover.poll();
    }
    ChoiceOutput chosen = choice.poll();
    while (chosen != null) {
      any = true;
      if (wasAttached) {
        apply(chosen);
      }
      chosen = choice.poll();
    }
    return any;
  }

  private void apply(CarrierEntry entry, HealthOutput output) {
    long now = context.nowNanos();
    if (output instanceof HealthOutput.SendHeartbeat heartbeat) {
      session.sendHeartbeat(entry.carrier(), heartbeat.sequence());
    } else if (output instanceof HealthOutput.Silent) {
      handover.handleSilent(entry.id());
      choice.handleSilent(entry.id(), now);
    } else if (output instanceof HealthOutput.HeardAgain) {
      handover.handleHeardAgain(entry.id(), now);
      choice.handleHeardAgain(entry.id(), now);
    } else if (output instanceof HealthOutput.SmallPacketsOnly) {
      choice.handleSmallPacketsOnly(entry.id(), true, now);
    }
  }

  private void apply(ChoiceOutput output) {
    if (output instanceof ChoiceOutput.Move move) {
      long now = context.nowNanos();
      movingTo = move.to();
      handover.handleStart(move.to(), move.cause(), now);
    }
  }

  private void apply(HandoverOutput output) {
    if (output instanceof HandoverOutput.SendResume resume) {
      CarrierEntry entry = findById(resume.carrier());
      if (entry != null) {
        movingTo = entry.id();
        session.resume(entry.carrier());
      }
    } else if (output instanceof HandoverOutput.Commit commit) {
      CarrierEntry entry = findById(commit.carrier());
      if (entry != null) {
        session.commit(entry.carrier(), commit.oldSilent());
      }
    } else if (output instanceof HandoverOutput.Abort abort) {
      CarrierEntry entry = findById(abort.carrier());
      if (entry != null) {
        session.abandonAttempt(entry.carrier());
      }
    } else if (output instanceof HandoverOutput.StepDone done) {
      observer.stepped(done.step());
    } else if (output instanceof HandoverOutput.Report report) {
      handleReport(report.report());
    }
  }

  private void handleReport(HandoverReport report) {
    choice.handleHandoverEnded(report, context.nowNanos());
    observer.reported(report);
  }

  /** When {@link #drive} is to be called next. */
  long nextDeadlineNanos() {
    long choiceNanos = wasAttached ? choice.nextDeadlineNanos() : Long.MAX_VALUE;
    long next = Math.min(choiceNanos, handover.nextDeadlineNanos());
    if (session.isEstablished()) {
      for (CarrierEntry entry : entries) {
        next = Math.min(next, entry.health().nextDeadlineNanos());
      }
    }
    return next;
  }

  /** Tells the choice what was measured; to be called every second or so. */
  void measure() {
    long now = context.nowNanos();
    boolean isStuck = session.isEstablished() && !wasAttached && !entries.isEmpty();
    if (isStuck && isInitiator) {
      session.resume(entries.get(0).carrier());
    }
    closeExtraDirect();
    for (CarrierEntry entry : List.copyOf(entries)) {
      choice.handleMeasured(entry.id(), entry.health().quality(now), now);
    }
    CarrierEntry used = current();
    if (used != null && used.health().quality(now).measured()) {
      session.setRttNanos(used.health().quality(now).rttNanos());
    }
  }

  /** Both sides may have dialled: one direct connection is enough, and one side says which. */
  private void closeExtraDirect() {
    CarrierEntry kept = current();
    if (!isInitiator || (kept != null && kept.id().kind() != CarrierKind.DIRECT)) {
      kept = null;
    }
    for (CarrierEntry entry : List.copyOf(entries)) {
      boolean isSpare = entry.id().kind() == CarrierKind.DIRECT && !entry.equals(kept);
      if (isSpare && kept != null && !kept.health().isSilent()) {
        entry.carrier().close(CloseCode.SUPERSEDED);
      } else if (isSpare && isInitiator && !entry.health().isSilent()) {
        kept = entry;
      }
    }
  }

  // Facts.

  @Nullable CarrierEntry current() {
    Carrier carrier = session.carrier();
    return carrier == null ? null : find(carrier);
  }

  List<CarrierEntry> entries() {
    return entries;
  }

  boolean hasDirect() {
    return entries.stream().anyMatch(entry -> entry.id().kind() == CarrierKind.DIRECT);
  }

  /** Heartbeats without an answer, on all carriers that there ever were. */
  long heartbeatsLost() {
    long lost = heartbeatsLostBefore;
    for (CarrierEntry entry : entries) {
      lost += entry.health().heartbeatsLost();
    }
    return lost;
  }

  HandoverState handoverState() {
    return handover.state();
  }

  @Nullable Decision decision() {
    return choice.decision();
  }

  long currentSinceNanos() {
    return choice.currentSinceNanos();
  }

  @Nullable CarrierEntry find(Carrier carrier) {
    for (CarrierEntry entry : entries) {
      if (entry.carrier().equals(carrier)) {
        return entry;
      }
    }
    return null;
  }

  private @Nullable CarrierEntry findById(@Nullable CarrierId id) {
    for (int i = entries.size() - 1; i >= 0; i--) {
      if (entries.get(i).id().equals(id)) {
        return entries.get(i);
      }
    }
    return null;
  }
}
