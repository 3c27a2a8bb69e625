package io.quicmesh.node;

import io.netty.buffer.ByteBuf;
import io.quicmesh.migration.CarrierKind;
import io.quicmesh.migration.HandoverReport;
import io.quicmesh.migration.HandoverStep;
import io.quicmesh.transport.carrier.CircuitCarrier;
import io.quicmesh.transport.carrier.DirectCarrier;
import io.quicmesh.transport.carrier.RelayClient;
import io.quicmesh.transport.identity.MembershipRecord;
import io.quicmesh.transport.quic.PathEvent;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.session.Carrier;
import io.quicmesh.transport.session.Established;
import io.quicmesh.transport.session.FlightBudget;
import io.quicmesh.transport.session.KeyRotation;
import io.quicmesh.transport.session.LaneMove;
import io.quicmesh.transport.session.Session;
import io.quicmesh.transport.session.SessionConfig;
import io.quicmesh.transport.session.SessionListener;
import io.quicmesh.transport.wire.Capability;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Another member of the network, as this node deals with it: one session, the carriers that it can
 * run on, and the port of the switch behind which the peer's hosts are. Loop-owned.
 *
 * <p>It connects what does the work and decides nothing itself: {@link PeerCircuits} and {@link
 * DirectDialer} bring carriers, {@link PeerCarriers} moves the session between them, {@link
 * PeerHandshake} proves who the peer is, {@link KeyRotation} says when its keys move on.
 */
final class Peer
    implements SessionListener,
        DirectCarrier.Owner,
        DirectDialer.Owner,
        PeerCarriers.Observer,
        PeerMessages.Listener {

  private static final Logger LOG = LoggerFactory.getLogger(Peer.class);

  /** Failures of a session that are about who may be a member. */
  private static final Set<CloseCode> MEMBERSHIP =
      EnumSet.of(
          CloseCode.REVOKED,
          CloseCode.EXPIRED,
          CloseCode.NOT_ALLOWED,
          CloseCode.WRONG_CLOCK,
          CloseCode.WRONG_PEER);

  private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long FORGET_NANOS = TimeUnit.MINUTES.toNanos(5);
  private static final long KEYS_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long NOT_PREFERRED_DELAY_MILLIS = 1000;

  /** The side that moved begins to mend; the other side does if it did not notice. */
  private static final long MIGRATED_DELAY_MILLIS = 5;

  /** A carrier that is silent so long after a migration of its connection is stuck. */
  private static final long STUCK_MILLIS = 800;

  private static final long REPAIR_FIRST_MILLIS = 500;
  private static final int REPAIR_DOUBLINGS_MAX = 6;

  /** What a peer needs of the mesh. */
  interface Host {

    /** A frame of the peer, to be switched. */
    void frameFrom(Peer peer, ByteBuf frame);

    /** Frames of the peer were handed on. */
    void framesDone();

    /** A session that was full has room again. */
    void drained(Peer peer);

    /** Something that operators see has changed. */
    void changed(Peer peer, String reason);

    /** A handover finished a step. */
    void stepped(Peer peer, HandoverStep step);

    /** A handover ended. */
    void reported(Peer peer, HandoverReport report);

    /** A direct connection of the peer came up. */
    void directUp(Peer peer, QuicConnection connection);

    /** A path of a direct connection changed. */
    void pathChanged(QuicConnection connection, PathEvent event);

    /** The peer answered what was sent at this time on a direct connection. */
    void echoed(QuicConnection connection, long sentNanos);

    /** So many records of the peer came on the connection. */
    void heard(QuicConnection connection, int records);

    /** Nothing is answered on a carrier of the peer. */
    void silent(Peer peer);

    /** The path of a relay connection became one that drops large packets. */
    void carriesSmallPacketsOnly(RelayClient relay);

    /** A direct connection ended. */
    void directDown(Peer peer, QuicConnection connection, String cause);

    /** What this node says about itself in a handshake. */
    byte[] greeting();

    /** The newest list of revoked keys that this node knows, or null. */
    @Nullable Opaque revocations();

    /** The peer hands on a list of revoked keys. */
    void revocations(byte[] signedList);

    /** Somebody with another key answers at an address that is said to be the peer's. */
    void keyMismatch(Peer peer, InetSocketAddress at);

    /** The peer was refused because of what it is, or refused this host. */
    void refused(Peer peer, CloseCode code, String reason);

    /** The peer has not renewed its membership, and it is over. */
    void expired(Peer peer, Instant end);
  }

  private final Fingerprint id;
  private final int port;
  private final NodeContext context;
  private final Host host;
  private final boolean isInitiator;
  private final LoopAlarm sessionAlarm;
  private final LoopAlarm driveAlarm;
  private final PeerHandshake handshake;
  private final Session session;
  private final PeerMessages messages;
  private final PeerCarriers carriers;
  private final PeerCircuits circuits;
  private final DirectDialer dialer;
  private final KeyRotation keys;
  private final DirectRenewal renewal;
  private @Nullable String refusal;
  private long nextTickNanos;
  private long withoutCarrierSinceNanos;
  private long sessionFullDrops;
  private int repairs;
  private int framesHeard;
  private boolean delivering;
  private boolean closed;

  Peer(Fingerprint id, int port, NodeContext context, Host host) {
    this.id = id;
    this.port = port;
    this.context = context;
    this.host = host;
    NodeSettings settings = context.settings();
    SessionConfig defaults = SessionConfig.of(context.identity().id(), id);
    SessionConfig config =
        new SessionConfig(
            defaults.self(),
            id,
            settings.dataLanes(),
            settings.stagedBytesMax(),
            settings.flightBytesMax(),
            defaults.circuitFlightBytesMax());
    this.isInitiator = config.isInitiator();
    this.sessionAlarm = new LoopAlarm(context.loop(), this::handleSessionAlarm);
    this.driveAlarm = new LoopAlarm(context.loop(), this::drive);
    this.handshake = new PeerHandshake(context, id);
    this.session = new Session(config, new PeerEnvironment(context, handshake, sessionAlarm), this);
    this.messages = new PeerMessages(session, context, this);
    this.carriers = new PeerCarriers(session, context, this, isInitiator);
    this.circuits = new PeerCircuits(context, id, carriers);
    this.dialer = new DirectDialer(context, id, this);
    this.renewal = new DirectRenewal(context, dialer, carriers, this::addDirect);
    long now = context.nowNanos();
    this.keys =
        new KeyRotation(settings.keys().rotationNanos(), settings.keys().renewalNanos(), now);
    this.nextTickNanos = now + TICK_NANOS;
    this.withoutCarrierSinceNanos = now;
    driveAlarm.setAt(nextTickNanos);
  }

  // Where the peer is.

  /** A relay tells that the peer is there, or not any more. */
  void handlePresence(RelayClient relay, ControlMessage.Presence presence) {
    circuits.handlePresence(relay, presence);
    if (isInitiator) {
      circuits.openMissing();
    }
    boolean isClient = isPreferredClient(presence);
    renewal.handlePreferred(isClient);
    later(isClient ? 0 : NOT_PREFERRED_DELAY_MILLIS, () -> dialer.setObserved(circuits.observed()));
    drive();
  }

  private boolean isPreferredClient(ControlMessage.Presence presence) {
    boolean isPeerMobile = (presence.capabilities() & Capability.MOBILE) != 0;
    boolean isSelfMobile = context.settings().isMobile();
    return isSelfMobile == isPeerMobile ? isInitiator : isSelfMobile;
  }

  /** A relay connection is gone. Its circuits were told before. */
  void handleRelayDown(RelayClient relay) {
    circuits.handleRelayDown(relay);
  }

  /** The peer opened a circuit to this node. */
  void addCircuit(CircuitCarrier circuit) {
    if (isInitiator) {
      circuit.close(CloseCode.PROTOCOL);
    } else {
      circuits.accept(circuit);
      drive();
    }
  }

  /** A direct connection to the peer is up, whoever dialled it; its key is the peer's. */
  void addDirect(QuicConnection connection) {
    if (closed || !connection.peer().key().equals(id)) {
      connection.close(CloseCode.WRONG_PEER);
      return;
    }
    FlightBudget own = new FlightBudget(context.settings().flightBytesMax());
    DirectCarrier carrier = new DirectCarrier(connection, own, this);
    host.directUp(this, connection);
    carriers.add(carrier, connection.id());
    renewal.handleUp(connection);
    dialer.handleDirectUp();
    drive();
  }

  @Override
  public void connected(QuicConnection connection) {
    addDirect(connection);
  }

  @Override
  public void answeredByAnother(InetSocketAddress at) {
    host.keyMismatch(this, at);
  }

  private void later(long millis, Runnable action) {
    Runnable guarded =
        () -> {
          if (!closed) {
            action.run();
            drive();
          }
        };
    if (millis == 0) {
      guarded.run();
    } else {
      var unused = context.loop().schedule(guarded, millis, TimeUnit.MILLISECONDS);
    }
  }

  void handleNetworkChanged() {
    dialer.handleNetworkChanged();
    drive();
  }

  /** The path of a connection is another one since this time. */
  void handleMigrated(QuicConnection connection, long sinceNanos) {
    for (CarrierEntry entry : carriers.entries()) {
      if (connection.equals(connectionOf(entry.carrier()))) {
        carriers.handleMigrated(entry.carrier(), sinceNanos);
      }
    }
    renewal.handleMigrated(connection);
    later(STUCK_MILLIS, () -> replaceIfStuck(connection));
    drive();
  }

  /** A carrier that stays silent after a migration though its connection is well is replaced. */
  private void replaceIfStuck(QuicConnection connection) {
    for (CarrierEntry entry : carriers.entries()) {
      if (connection.equals(connectionOf(entry.carrier())) && entry.health().isSilent()) {
        LOG.info("stuck after a migration peer={} carrier={}", name(), entry.id().label());
        if (entry.carrier() instanceof CircuitCarrier circuit) {
          circuit.close(CloseCode.SUPERSEDED);
        } else {
          renewal.handleStuck(connection);
        }
      }
    }
  }

  /** This node's end of a direct connection moved, and QUIC cannot follow: dial anew, hand over. */
  void handleServerMoved(QuicConnection connection) {
    renewal.handleServerMoved(connection);
    drive();
  }

  /** Replaces a direct connection by a new one. */
  void renew(QuicConnection connection) {
    renewal.handleWorn(connection);
    drive();
  }

  /** A relay will stop: leave it. */
  void handleDraining(RelayClient relay) {
    circuits.handleDraining(relay);
    drive();
  }

  // Frames.

  /** Stages a frame for the peer; false if the session is full and the frame is dropped. */
  boolean offer(ByteBuf batch, int offset, int length, int flowHash) {
    if (!session.hasRoom(length, flowHash)) {
      sessionFullDrops++;
      return false;
    }
    session.offer(batch, offset, length, flowHash);
    return true;
  }

  void flush() {
    session.flush();
  }

  @Override
  public void frame(ByteBuf frame) {
    delivering = true;
    framesHeard++;
    host.frameFrom(this, frame);
  }

  @Override
  public void framesDone() {
    if (delivering) {
      delivering = false;
      carriers.handleDelivered();
      tellHeard();
      host.framesDone();
    }
  }

  private void tellHeard() {
    QuicConnection connection = connectionOf(session.carrier());
    if (connection != null) {
      host.heard(connection, framesHeard);
    }
    framesHeard = 0;
  }

  private static @Nullable QuicConnection connectionOf(@Nullable Carrier carrier) {
    if (carrier instanceof DirectCarrier direct) {
      return direct.connection();
    }
    return carrier instanceof CircuitCarrier circuit ? circuit.client().connection() : null;
  }

  @Override
  public void drained() {
    host.drained(this);
  }

  // What the session tells of its carriers.

  @Override
  public void resumed(Carrier carrier) {
    carriers.handleResumed(carrier);
    drive();
  }

  @Override
  public void resumeFailed(Carrier carrier, String reason) {
    carriers.handleResumeFailed(carrier, reason);
    drive();
  }

  @Override
  public void peerResumes(Carrier carrier) {
    carriers.handlePeerResumes(carrier);
    drive();
  }

  @Override
  public void attached(Carrier carrier, LaneMove move) {
    repairs = 0;
    carriers.handleAttached(carrier, move);
    drive();
  }

  @Override
  public void peerFollowed(Carrier carrier) {
    carriers.handlePeerFollowed(carrier);
    drive();
  }

  @Override
  public void resent(Carrier carrier, int records) {
    carriers.handleResent(records);
  }

  @Override
  public void detached(Carrier carrier, String cause) {
    withoutCarrierSinceNanos = context.nowNanos();
  }

  @Override
  public void laneLost(Carrier carrier, String cause) {
    LOG.debug("a lane's stream ended peer={} cause={}", name(), cause);
    later(1, () -> carriers.reattach(carrier));
  }

  @Override
  public void idle(Carrier carrier) {
    carriers.handleIdle(carrier);
    drive();
  }

  @Override
  public void echoed(Carrier carrier, long number) {
    carriers.handleEchoed(carrier, number);
    drive();
  }

  @Override
  public void recordsSent(Carrier carrier) {
    carriers.handleRecordsSent(carrier);
    driveAlarm.setAt(carriers.nextDeadlineNanos());
  }

  @Override
  public void acknowledged(Carrier carrier, long newestSentNanos, long bytes) {
    if (carrier instanceof DirectCarrier direct) {
      host.echoed(direct.connection(), newestSentNanos);
    }
    carriers.handleAcknowledged(carrier, newestSentNanos, bytes);
  }

  @Override
  public void carrierClosed(Carrier carrier, String cause) {
    carriers.handleClosed(carrier);
    if (carrier.kind() == Carrier.Kind.CIRCUIT && isInitiator && !closed) {
      scheduleRepair();
    }
    if (!closed) {
      drive();
    }
  }

  /** Opens circuits and begins handshakes again that ended without success, ever more rarely. */
  private void scheduleRepair() {
    long delay = REPAIR_FIRST_MILLIS << Math.min(repairs, REPAIR_DOUBLINGS_MAX);
    repairs++;
    later(delay, this::repair);
  }

  private void repair() {
    circuits.openMissing();
    List<CarrierEntry> there = carriers.entries();
    if (!session.isEstablished() && !there.isEmpty()) {
      session.startOver(there.get(0).carrier());
    }
  }

  // Handshake and keys.

  @Override
  public byte[] greeting() {
    return host.greeting();
  }

  @Override
  public @Nullable String greeted(byte[] bytes) {
    return handshake.handleGreeting(bytes);
  }

  @Override
  public void established() {
    LOG.info("session established peer={} id={}", name(), id.shortText());
    refusal = null;
    handleFreshSecret();
    host.changed(this, "session established");
    Opaque revocations = host.revocations();
    if (revocations != null) {
      messages.send(new PeerMessage.Revocations(revocations));
    }
    drive();
  }

  @Override
  public void renewed() {
    LOG.debug("session got a fresh secret peer={}", name());
    handleFreshSecret();
    drive();
  }

  private void handleFreshSecret() {
    long now = context.nowNanos();
    keys.handleFreshSecret(now);
    Established told = handshake.greeting();
    if (told != null) {
      dialer.setTold(told.candidates());
      keys.handlePeerRotation(TimeUnit.SECONDS.toNanos(told.rotationSeconds()), now);
    }
  }

  @Override
  public void peerRestarted(int framesLost) {
    LOG.info("peer restarted peer={} framesLost={}", name(), framesLost);
    carriers.handleRestarted();
    host.changed(this, "the peer restarted");
  }

  @Override
  public void failed(@Nullable Carrier carrier, CloseCode code, String reason) {
    LOG.warn("session failed peer={} code={} reason={}", name(), code, reason);
    refusal = code == CloseCode.TIMED_OUT ? null : reason;
    context.membership().count("session_failed", code);
    if (MEMBERSHIP.contains(code)) {
      host.refused(this, code, reason);
    }
    if (isInitiator) {
      scheduleRepair();
    }
  }

  private boolean drivesKeys() {
    return isInitiator && session.isEstablished();
  }

  private void driveKeys(long nowNanos) {
    if (drivesKeys() && carriers.isAtRest()) {
      switch (keys.handleDeadline(nowNanos)) {
        case RATCHET -> session.ratchet();
        case RENEW -> session.renew();
        case NOTHING -> {}
      }
    }
  }

  /** Keys that are due while the session moves wait for the end of that. */
  private long keysDeadlineNanos(long nowNanos) {
    return drivesKeys()
        ? Math.max(keys.nextDeadlineNanos(), nowNanos + (carriers.isAtRest() ? 0 : KEYS_WAIT_NANOS))
        : Long.MAX_VALUE;
  }

  // Messages.

  @Override
  public void message(ByteBuf message) {
    messages.handle(message);
  }

  @Override
  public void held(CarrierKind kind, @Nullable String relay, long holdNanos) {
    carriers.handleForcedByPeer(kind, relay, holdNanos);
    later(1, () -> {});
  }

  @Override
  public void renewed(Opaque membershipRecord) {
    handshake.handleRenewed(membershipRecord);
  }

  @Override
  public void revocations(Opaque signedList) {
    host.revocations(signedList.toBytes());
  }

  /** Tells the peer that this node's membership goes on. */
  void tellRenewed(Opaque membershipRecord) {
    if (session.isEstablished()) {
      messages.send(new PeerMessage.Renewed(membershipRecord));
    }
  }

  /** Hands a list of revoked keys on. */
  void tellRevocations(Opaque signedList) {
    if (session.isEstablished()) {
      messages.send(new PeerMessage.Revocations(signedList));
    }
  }

  /** Sends a probe through the session; the listener hears of the answer, if one comes. */
  void probe(PeerMessages.ProbeListener listener) {
    messages.probe(listener);
  }

  /** An operator wants the session to stay on this kind of carrier for a time; tells the peer. */
  void force(CarrierKind kind, @Nullable String relay, long holdMillis) {
    messages.send(new PeerMessage.Hold(kind, relay, holdMillis));
    carriers.handleForced(kind, relay, TimeUnit.MILLISECONDS.toNanos(holdMillis));
    if (kind == CarrierKind.DIRECT) {
      dialer.handleRetryNow();
    }
    drive();
  }

  // Direct connections.

  @Override
  public void control(DirectCarrier carrier, ControlMessage message) {
    if (message instanceof ControlMessage.Ping ping) {
      carrier.connection().send(new ControlMessage.Pong(ping.number()));
    } else if (message instanceof ControlMessage.Pong pong) {
      host.echoed(carrier.connection(), pong.number());
    }
  }

  @Override
  public void pathChanged(DirectCarrier carrier, PathEvent event) {
    host.pathChanged(carrier.connection(), event);
    if (event.kind() == PathEvent.Kind.MIGRATED) {
      long now = context.nowNanos();
      later(MIGRATED_DELAY_MILLIS, () -> handleMigrated(carrier.connection(), now));
    }
  }

  @Override
  public void doubted(DirectCarrier carrier) {
    // It may be told for every packet, and mostly says nothing new.
    if (carriers.handleDoubt(carrier)) {
      drive();
    }
  }

  @Override
  public void ended(DirectCarrier carrier, int code, String cause) {
    LOG.debug("direct connection ended peer={} code={} cause={}", name(), code, cause);
    host.directDown(this, carrier.connection(), cause);
    renewal.handleDown(carrier.connection());
    if (!closed && !carriers.hasDirect()) {
      dialer.handleDirectLost();
      drive();
    }
  }

  // Handovers.

  @Override
  public void stepped(HandoverStep step) {
    host.stepped(this, step);
  }

  @Override
  public void reported(HandoverReport report) {
    host.reported(this, report);
  }

  @Override
  public void silent() {
    host.silent(this);
  }

  /**
   * A new connection finds out what its path carries; an old one that migrated goes on with the
   * size of the old path.
   */
  @Override
  public void carriesSmallPacketsOnly(Carrier carrier) {
    LOG.info("small packets only peer={} carrier={}", name(), carrier.description());
    if (carrier instanceof DirectCarrier direct) {
      renewal.handleStuck(direct.connection());
    } else if (carrier instanceof CircuitCarrier circuit) {
      host.carriesSmallPacketsOnly(circuit.client());
    }
  }

  @Override
  public void carrierChanged() {
    if (!closed) {
      CarrierEntry current = carriers.current();
      String now = current == null ? "no carrier" : current.id().label();
      host.changed(this, now);
    }
  }

  // Time.

  private void drive() {
    if (closed) {
      return;
    }
    long now = context.nowNanos();
    if (now >= nextTickNanos) {
      nextTickNanos = now + TICK_NANOS;
      driveAlarm.setAt(nextTickNanos); // whatever becomes of this tick, there is another one
      tick(now);
      if (closed) {
        return;
      }
    }
    dialer.drive();
    renewal.drive();
    carriers.drive();
    driveKeys(now);
    long next = Math.min(carriers.nextDeadlineNanos(), dialer.nextDeadlineNanos());
    next = Math.min(next, renewal.nextDeadlineNanos());
    driveAlarm.setAt(Math.min(Math.min(next, keysDeadlineNanos(now)), nextTickNanos));
  }

  private void tick(long nowNanos) {
    carriers.measure();
    session.dropStale();
    if (session.carrier() != null) {
      withoutCarrierSinceNanos = nowNanos;
    }
    Instant end = handshake.membershipEnd();
    if (end != null && context.clock().instant().isAfter(end)) {
      host.expired(this, end);
    }
  }

  private void handleSessionAlarm() {
    session.handleAlarm();
  }

  /** Whether the peer has been without any carrier for so long that it can be forgotten. */
  boolean isForgettable() {
    return !circuits.isPresent()
        && carriers.entries().isEmpty()
        && context.nowNanos() - withoutCarrierSinceNanos > FORGET_NANOS;
  }

  /** Whether frames may be staged for the peer. */
  boolean isReachable() {
    return session.isEstablished() || !carriers.entries().isEmpty();
  }

  void close(CloseCode code) {
    closed = true;
    sessionAlarm.cancel();
    driveAlarm.cancel();
    List<CarrierEntry> all = carriers.entries();
    session.close();
    all.forEach(entry -> entry.carrier().close(code));
  }

  // Facts.

  Fingerprint id() {
    return id;
  }

  int port() {
    return port;
  }

  String name() {
    return handshake.name();
  }

  @Nullable MembershipRecord membership() {
    return handshake.membership();
  }

  Session session() {
    return session;
  }

  PeerCarriers carriers() {
    return carriers;
  }

  DirectDialer dialer() {
    return dialer;
  }

  boolean isPresent() {
    return circuits.isPresent();
  }

  /** Why the last set-up of the session was refused, by either side; null if it was not. */
  @Nullable String refusal() {
    return refusal;
  }

  long sessionFullDrops() {
    return sessionFullDrops;
  }
}
