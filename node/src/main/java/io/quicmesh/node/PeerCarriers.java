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
import io.quicmesh.transport.carrier.CircuitCarrier;
import io.quicmesh.transport.carrier.DirectCarrier;
import io.quicmesh.transport.quic.ConnectionStats;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.session.Carrier;
import io.quicmesh.transport.session.LaneMove;
import io.quicmesh.transport.session.Session;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The carriers of one session: watches their health, lets {@link CarrierChoice} choose, and lets
 * {@link Handover} move the lanes. Feeds facts to the machines and does what they say. Loop-owned.
 */
final class PeerCarriers {

  private static final int ROUNDS_MAX = 64;
  private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Hears what an operator, or the session's owner, wants to know. */
  interface Observer {

    /** A handover finished a step. */
    void stepped(HandoverStep step);

    /** A handover ended. */
    void reported(HandoverReport report);

    /** Nothing is answered on a carrier. */
    void silent();

    /** A carrier's path became one that drops large packets. */
    void carriesSmallPacketsOnly(Carrier carrier);

    /** The lanes run on another carrier, or on none. */
    void carrierChanged();
  }

  private final Session session;
  private final NodeContext context;
  private final Observer observer;
  private final boolean isInitiator;
  private final CarrierChoice choice;
  private final Handover handover;
  private final CarrierEntries entries = new CarrierEntries();
  private long heartbeatsLostBefore;
  private boolean driving;
  private final Set<CarrierId> leaving = new HashSet<>();
  private boolean wasLaneMissing;
  private boolean wasAttached;
  private long attachNanos;
  private @Nullable Carrier migrated;
  private long stuckSinceNanos;

  PeerCarriers(Session session, NodeContext context, Observer observer, boolean isInitiator) {
    this.isInitiator = isInitiator;
    this.attachNanos = context.nowNanos();
    this.stuckSinceNanos = attachNanos;
    this.session = session;
    this.context = context;
    this.observer = observer;
    this.choice = new CarrierChoice(context.settings().choice(), isInitiator);
    this.handover = new Handover(context.identity().id().toString(), context.settings().handover());
  }

  // Carriers come and go.

  void add(Carrier carrier, String name) {
    long now = context.nowNanos();
    CarrierKind kind =
        carrier.kind() == Carrier.Kind.DIRECT ? CarrierKind.DIRECT : CarrierKind.RELAY;
    CarrierId id = new CarrierId(kind, name);
    entries.add(
        new CarrierEntry(carrier, id, new PathHealth(context.settings().health(), now), now));
    session.addCarrier(carrier);
    if (wasAttached && entries.find(carrier) != null) {
      choice.handleCarrierUp(id, now);
    }
  }

  /** The peer lost its state: the session attaches its lanes anew, as at the beginning. */
  void handleRestarted() {
    CarrierId on = handover.carrier();
    if (on != null) {
      handover.handleCarrierDead(on, context.nowNanos());
    }
    wasAttached = false;
    entries.closeSilentDirect();
  }

  void handleClosed(Carrier carrier) {
    CarrierEntry entry = entries.find(carrier);
    if (entry == null) {
      return;
    }
    entries.remove(entry);
    leaving.remove(entry.id());
    if (carrier.equals(migrated)) {
      migrated = null;
    }
    heartbeatsLostBefore += entry.health().heartbeatsLost();
    if (entries.find(entry.id()) == null) {
      long now = context.nowNanos();
      handover.handleCarrierDead(entry.id(), now);
      choice.handleCarrierDown(entry.id(), now);
    }
    if (entries.isEmpty()) {
      observer.carrierChanged();
    }
  }

  void handleLeaving(Carrier carrier, HandoverCause cause) {
    CarrierEntry entry = entries.find(carrier);
    if (entry != null) {
      leaving.add(entry.id());
      choice.handleLeaving(entry.id(), cause, context.nowNanos());
    }
  }

  void handleForced(CarrierKind kind, @Nullable String name, long holdNanos) {
    choice.handleForced(kind, name, holdNanos, context.nowNanos());
  }

  void handleForcedByPeer(CarrierKind kind, @Nullable String name, long holdNanos) {
    choice.handleForcedByPeer(kind, name, holdNanos, context.nowNanos());
  }

  // What the session tells of handovers.

  void handleResumed(Carrier carrier) {
    CarrierEntry entry = entries.find(carrier);
    if (entry != null && isResuming()) {
      handover.handleResumed(entry.id(), context.nowNanos());
    } else {
      session.abandonAttempt(carrier);
    }
  }

  private boolean isResuming() {
    return handover.state() == HandoverState.RESUMING;
  }

  void handleResumeFailed(Carrier carrier, String reason) {
    CarrierEntry entry = entries.find(carrier);
    if (entry != null) {
      handover.handleResumeFailed(entry.id(), reason, context.nowNanos());
    }
  }

  /** The peer begins to move the session; where the lanes are already it only wants other keys. */
  void handlePeerResumes(Carrier carrier) {
    CarrierEntry entry = entries.find(carrier);
    if (entry != null && wasAttached && !entry.id().equals(handover.carrier())) {
      handover.handlePeerResume(entry.id(), HandoverCause.PEER, context.nowNanos());
      tellIfSilent();
    }
  }

  void handleAttached(Carrier carrier, LaneMove move) {
    CarrierEntry entry = entries.find(carrier);
    if (entry == null) {
      return;
    }
    long now = context.nowNanos();
    attachNanos = now;
    forgetUnacknowledged(entry, now);
    boolean isFirst = !wasAttached;
    boolean isSame = entry.id().equals(handover.carrier());
    if (isFirst) {
      wasAttached = true;
      handover.handleLanesCut(entry.id(), move.framesResent(), now);
    } else if (isSame) {
      handover.handleResent(move.framesResent());
    } else {
      if (move.isByPeer()) {
        handover.handleCommitted(entry.id(), move.isOldSilent(), now);
        choice.handleCarrierUp(entry.id(), now);
      }
      handover.handleLanesCut(entry.id(), move.framesResent(), now);
    }
    if (isFirst) {
      choice.handleEstablished(entry.id(), now);
      entries.all().forEach(each -> choice.handleCarrierUp(each.id(), now));
    }
    observer.carrierChanged();
  }

  /** What was sent on a carrier that the lanes have left is acknowledged elsewhere. */
  private void forgetUnacknowledged(CarrierEntry used, long nowNanos) {
    for (CarrierEntry entry : entries.all()) {
      if (!entry.equals(used)) {
        entry.health().handleAcknowledged(Long.MIN_VALUE, Deadlines.NEVER, 0, nowNanos);
      }
    }
  }

  void handlePeerFollowed(Carrier carrier) {
    CarrierEntry entry = entries.find(carrier);
    if (entry != null) {
      handover.handlePeerCut(entry.id(), context.nowNanos());
    }
  }

  void handleResent(int records) {
    handover.handleResent(records);
  }

  void handleIdle(Carrier carrier) {
    CarrierEntry entry = entries.find(carrier);
    if (entry != null) {
      handover.handleOldCarrierClosed(entry.id(), context.nowNanos());
    }
  }

  /** A lane's stream ended on the carrier in use: the lanes are attached there anew. */
  void reattach(Carrier carrier) {
    if (carrier.equals(session.carrier())) {
      session.attach(carrier);
    }
  }

  /**
   * The path under a carrier is another one since this time. QUIC repairs only slowly, if at all,
   * what was lost on the old path: so the set-up goes on by another stream, and the lanes, if they
   * are on that carrier, are attached there anew, which sends it again. A handover that is under
   * way comes first; it may leave the carrier or find it well again.
   */
  void handleMigrated(Carrier carrier, long sinceNanos) {
    session.replaceSetUp(carrier);
    CarrierEntry entry = entries.find(carrier);
    if (entry != null) {
      entry.health().handleMoved(context.nowNanos());
    }
    boolean isMending = attachNanos - sinceNanos >= 0;
    migrated = carrier.equals(session.carrier()) && !isMending ? carrier : null;
    attachMigrated();
  }

  private void attachMigrated() {
    Carrier carrier = migrated;
    if (carrier != null && isAtRest()) {
      migrated = null;
      if (carrier.equals(session.carrier())) {
        attachNanos = context.nowNanos();
        session.attachAndResend(carrier);
      }
    }
  }

  // What the session tells of paths.

  void handleRecordsSent(Carrier carrier) {
    CarrierEntry entry = entries.find(carrier);
    if (entry != null) {
      entry.health().handleRecordsSent(context.nowNanos());
    }
  }

  void handleAcknowledged(Carrier carrier, long newestSentNanos, long bytes) {
    CarrierEntry entry = entries.find(carrier);
    if (entry != null) {
      long oldest = session.oldestUnacknowledgedNanos();
      entry.health().handleAcknowledged(newestSentNanos, oldest, bytes, context.nowNanos());
    }
  }

  void handleEchoed(Carrier carrier, long number) {
    CarrierEntry entry = entries.find(carrier);
    if (entry != null) {
      entry.health().handleEcho(number, context.nowNanos());
    }
  }

  /** Something speaks for the carrier's path being dead; whether {@link #drive} is due now. */
  boolean handleDoubt(Carrier carrier) {
    CarrierEntry entry = entries.find(carrier);
    return entry != null && entry.health().handleDoubt(context.nowNanos());
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
    try {
      driveMachines(context.nowNanos());
    } finally {
      driving = false;
    }
  }

  private void driveMachines(long now) {
    for (CarrierEntry entry : entries.all()) {
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
    attachMigrated();
  }

  private boolean drainOnce() {
    boolean any = false;
    for (CarrierEntry entry : entries.all()) {
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
    return any || settleIfAtRest();
  }

  /** Lets the choice know where the lanes are if no handover was under way that told it. */
  private boolean settleIfAtRest() {
    CarrierId on = handover.carrier();
    if (!isAtRest() || on == null || on.equals(choice.current())) {
      return false;
    }
    choice.handleEstablished(on, context.nowNanos());
    return true;
  }

  private void apply(CarrierEntry entry, HealthOutput output) {
    long now = context.nowNanos();
    if (output instanceof HealthOutput.SendHeartbeat heartbeat) {
      session.sendHeartbeat(entry.carrier(), heartbeat.sequence());
    } else if (output instanceof HealthOutput.Silent) {
      handover.handleSilent(entry.id());
      choice.handleSilent(entry.id(), now);
      observer.silent();
    } else if (output instanceof HealthOutput.HeardAgain) {
      handover.handleHeardAgain(entry.id(), now);
      choice.handleHeardAgain(entry.id(), now);
    } else if (output instanceof HealthOutput.SmallPacketsOnly) {
      choice.handleSmallPacketsOnly(entry.id(), true, now);
      observer.carriesSmallPacketsOnly(entry.carrier());
    }
  }

  private void apply(ChoiceOutput output) {
    if (output instanceof ChoiceOutput.Move move) {
      if (handover.handleStart(move.to(), move.cause(), context.nowNanos())) {
        tellIfSilent();
      } else {
        choice.handleNotBegun(context.nowNanos());
      }
    }
  }

  /** A handover that begins knows nothing yet of what was noticed before. */
  private void tellIfSilent() {
    CarrierEntry on = current();
    if (on != null && on.health().isSilent()) {
      handover.handleSilent(on.id());
    }
  }

  private void apply(HandoverOutput output) {
    if (output instanceof HandoverOutput.SendResume resume) {
      CarrierEntry entry = entries.find(resume.carrier());
      if (entry != null) {
        session.resume(entry.carrier());
      }
    } else if (output instanceof HandoverOutput.Commit commit) {
      CarrierEntry entry = entries.find(commit.carrier());
      if (entry != null) {
        session.commit(entry.carrier(), commit.oldSilent());
      }
    } else if (output instanceof HandoverOutput.Abort abort) {
      CarrierEntry entry = entries.find(abort.carrier());
      if (entry != null) {
        session.abandonAttempt(entry.carrier());
      }
    } else if (output instanceof HandoverOutput.CloseOldStreams) {
      session.leaveOldStreams();
    } else if (output instanceof HandoverOutput.StepDone done) {
      observer.stepped(done.step());
    } else if (output instanceof HandoverOutput.Report report) {
      choice.handleHandoverEnded(report.report(), context.nowNanos());
      observer.reported(report.report());
    }
  }

  /** When {@link #drive} is to be called next. */
  long nextDeadlineNanos() {
    long choiceNanos = wasAttached ? choice.nextDeadlineNanos() : Long.MAX_VALUE;
    long next = Math.min(choiceNanos, handover.nextDeadlineNanos());
    return session.isEstablished() ? Math.min(next, entries.nextHealthDeadlineNanos()) : next;
  }

  /** Heartbeats run on streams and are sent again, so only the connection knows what is lost. */
  private static void countPackets(CarrierEntry entry, long nowNanos) {
    QuicConnection connection =
        entry.carrier() instanceof DirectCarrier direct
            ? direct.connection()
            : entry.carrier() instanceof CircuitCarrier circuit
                ? circuit.client().connection()
                : null;
    ConnectionStats stats = connection == null ? null : connection.stats().getNow();
    if (stats != null) {
      ConnectionStats.Totals totals = stats.totals();
      entry.health().handlePacketCounts(totals.packetsSent(), totals.packetsLost(), nowNanos);
    }
  }

  /** Tells the choice what was measured; to be called every second or so. */
  void measure() {
    long now = context.nowNanos();
    session.startLateHandshakeOver();
    attachIfStuck(now);
    attachMissingLane();
    if (isInitiator) {
      closeExtraDirect();
    }
    for (CarrierEntry entry : entries.all()) {
      countPackets(entry, now);
      choice.handleMeasured(entry.id(), entry.health().quality(now), now);
      boolean isSmallOnly = entry.health().carriesSmallPacketsOnly();
      choice.handleSmallPacketsOnly(entry.id(), isSmallOnly, now);
    }
    CarrierEntry used = current();
    if (used != null && used.health().quality(now).measured()) {
      session.setRttNanos(used.health().quality(now).rttNanos());
    }
  }

  /**
   * A session that has keys and carriers and runs on none of them, or whose peer does not come to
   * where it runs, lost what should have brought it there. The side that leads tries again soon,
   * the other one if that does not help.
   */
  private void attachIfStuck(long nowNanos) {
    boolean isLost = session.isEstablished() && !wasAttached && !entries.isEmpty();
    boolean isAlone = wasAttached && isAtRest() && !session.hasPeerFollowed();
    if (!isLost && !isAlone) {
      stuckSinceNanos = nowNanos;
    } else if (nowNanos - stuckSinceNanos >= (isInitiator ? STUCK_NANOS : 3 * STUCK_NANOS)) {
      stuckSinceNanos = nowNanos;
      Carrier on = session.carrier();
      session.attach(on == null ? entries.all().get(0).carrier() : on);
    }
  }

  /** While a connection is being replaced there are two, and the session moves to the newer one. */
  private void closeExtraDirect() {
    if (leaving.stream().noneMatch(id -> id.kind() == CarrierKind.DIRECT)) {
      entries.closeExtraDirect(current(), context.nowNanos());
    }
  }

  /** An attempt to attach a lane again may have lost against a handover that then failed. */
  private void attachMissingLane() {
    Carrier on = session.carrier();
    boolean isMissing = on != null && session.isLaneMissing();
    if (on != null && isMissing && wasLaneMissing) {
      session.attach(on);
    }
    wasLaneMissing = isMissing && !wasLaneMissing;
  }

  /** Whether nothing is being moved, so that the session's keys can be. */
  boolean isAtRest() {
    return wasAttached && handover.carrier() != null && handover.state().step() == 0;
  }

  // Facts.

  @Nullable CarrierEntry current() {
    Carrier carrier = session.carrier();
    return carrier == null ? null : entries.find(carrier);
  }

  List<CarrierEntry> entries() {
    return entries.all();
  }

  boolean hasDirect() {
    return entries.hasDirect();
  }

  /** Heartbeats without an answer, on all carriers that there ever were. */
  long heartbeatsLost() {
    long lost = heartbeatsLostBefore;
    for (CarrierEntry entry : entries.all()) {
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
}
