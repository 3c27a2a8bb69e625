package io.quicmesh.node;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.quicmesh.migration.CarrierKind;
import io.quicmesh.migration.HandoverCause;
import io.quicmesh.migration.HandoverReport;
import io.quicmesh.migration.HandoverStep;
import io.quicmesh.transport.carrier.CircuitCarrier;
import io.quicmesh.transport.carrier.DirectCarrier;
import io.quicmesh.transport.carrier.RelayClient;
import io.quicmesh.transport.identity.EndToEndTls;
import io.quicmesh.transport.identity.MemberVerifier;
import io.quicmesh.transport.identity.MembershipRecord;
import io.quicmesh.transport.identity.PeerRefusedException;
import io.quicmesh.transport.identity.VerifiedPeer;
import io.quicmesh.transport.quic.PathEvent;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.session.Carrier;
import io.quicmesh.transport.session.Established;
import io.quicmesh.transport.session.FlightBudget;
import io.quicmesh.transport.session.KeyExchange;
import io.quicmesh.transport.session.Session;
import io.quicmesh.transport.session.SessionConfig;
import io.quicmesh.transport.session.SessionEnvironment;
import io.quicmesh.transport.session.SessionListener;
import io.quicmesh.transport.wire.Capability;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.WireException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Another member of the network, as this node deals with it: one session, the carriers that it can
 * run on, and the port of the switch behind which the peer's hosts are. Loop-owned.
 */
final class Peer
    implements SessionListener, SessionEnvironment, DirectCarrier.Owner, PeerCarriers.Observer {

  private static final Logger LOG = LoggerFactory.getLogger(Peer.class);

  private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long FORGET_NANOS = TimeUnit.MINUTES.toNanos(5);
  private static final long NOT_PREFERRED_DELAY_MILLIS = 1000;
  private static final long ELIGIBLE_DELAY_MILLIS = 250;

  /** The side that moved begins to mend; the other side does if it did not notice. */
  private static final long MIGRATED_DELAY_MILLIS = 20;

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

    /** A direct connection ended. */
    void directDown(Peer peer, QuicConnection connection, String cause);

    /** What this node says about itself in a handshake. */
    byte[] greeting();

    /** The newest list of revoked keys that this node knows, or null. */
    @Nullable Opaque revocations();

    /** The peer hands on a list of revoked keys. */
    void revocations(byte[] signedList);

    /** The peer has not renewed its membership, and it is over. */
    void expired(Peer peer, Instant end);
  }

  private final Fingerprint id;
  private final int port;
  private final NodeContext context;
  private final Host host;
  private final Session session;
  private final PeerCarriers carriers;
  private final DirectDialer dialer;
  private final LoopAlarm sessionAlarm;
  private final LoopAlarm driveAlarm;
  private final boolean isInitiator;
  private final Map<RelayClient, ControlMessage.Presence> presences = new LinkedHashMap<>();
  private final Map<Long, Probe> probes = new LinkedHashMap<>();
  private @Nullable VerifiedPeer verified;
  private @Nullable MembershipRecord record;
  private @Nullable Established greeting;
  private @Nullable String refusal;
  private long nextTickNanos;
  private long withoutCarrierSinceNanos;
  private long sessionFullDrops;
  private long nextProbe;
  private int repairs;
  private int framesHeard;
  private boolean delivering;
  private boolean closed;

  /** A probe under way. */
  private record Probe(long sentNanos, ProbeListener listener) {}

  /** Hears of the answer to a probe. */
  interface ProbeListener {
    void answered(long rttNanos);
  }

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
    this.session = new Session(config, this, this);
    this.carriers = new PeerCarriers(session, context, this, isInitiator);
    this.dialer = new DirectDialer(context, id, this::addDirect);
    this.nextTickNanos = context.nowNanos() + TICK_NANOS;
    this.withoutCarrierSinceNanos = context.nowNanos();
    driveAlarm.setAt(nextTickNanos);
  }

  // Where the peer is.

  /** A relay tells that the peer is there, or not any more. */
  void handlePresence(RelayClient relay, ControlMessage.Presence presence) {
    if (presence.up()) {
      presences.put(relay, presence);
      if (isInitiator) {
        openCircuit(relay);
      }
    } else {
      presences.remove(relay);
    }
    int delay = isPreferredClient(presence) ? 0 : (int) NOT_PREFERRED_DELAY_MILLIS;
    later(delay, this::offerObserved);
    drive();
  }

  private boolean isPreferredClient(ControlMessage.Presence presence) {
    boolean isPeerMobile = (presence.capabilities() & Capability.MOBILE) != 0;
    boolean isSelfMobile = context.settings().isMobile();
    return isSelfMobile == isPeerMobile ? isInitiator : isSelfMobile;
  }

  private void offerObserved() {
    List<InetSocketAddress> observed = new ArrayList<>();
    presences.values().forEach(presence -> observed.addAll(presence.observed()));
    dialer.setObserved(observed);
  }

  /** A relay connection is gone. Its circuits were told before. */
  void handleRelayDown(RelayClient relay) {
    presences.remove(relay);
  }

  private void openCircuit(RelayClient relay) {
    for (CarrierEntry entry : carriers.entries()) {
      if (entry.carrier() instanceof CircuitCarrier circuit && circuit.client() == relay) {
        return;
      }
    }
    carriers.add(relay.openCircuit(id, context.random().nextLong()), relay.name(), true);
  }

  /** The peer opened a circuit to this node. */
  void addCircuit(CircuitCarrier circuit) {
    if (isInitiator) {
      circuit.close(CloseCode.PROTOCOL);
      return;
    }
    for (CarrierEntry entry : List.copyOf(carriers.entries())) {
      if (entry.carrier() instanceof CircuitCarrier old && old.client() == circuit.client()) {
        old.close(CloseCode.SUPERSEDED);
      }
    }
    carriers.add(circuit, circuit.client().name(), true);
    drive();
  }

  /** A direct connection to the peer is up, whoever dialled it; its key is the peer's. */
  void addDirect(QuicConnection connection) {
    if (closed || !connection.peer().key().equals(id)) {
      connection.close(CloseCode.WRONG_PEER);
      return;
    }
    DirectCarrier carrier = new DirectCarrier(connection, context.flightBudget(), this);
    host.directUp(this, connection);
    carriers.add(carrier, connection.id(), isInitiator);
    if (!isInitiator) {
      later(ELIGIBLE_DELAY_MILLIS, () -> carriers.makeEligible(carrier));
    }
    dialer.handleDirectUp();
    drive();
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
    for (CarrierEntry entry : List.copyOf(carriers.entries())) {
      if (connection.equals(connectionOf(entry.carrier()))) {
        carriers.handleMigrated(entry.carrier(), sinceNanos);
      }
    }
    drive();
  }

  /** This node's end of a direct connection moved, and QUIC cannot follow: dial anew, hand over. */
  void handleServerMoved(QuicConnection connection) {
    for (CarrierEntry entry : List.copyOf(carriers.entries())) {
      if (entry.carrier() instanceof DirectCarrier direct && direct.connection() == connection) {
        carriers.handleLeaving(direct, HandoverCause.RENEWAL);
      }
    }
    dialer.renew(connection.remoteAddress());
    drive();
  }

  /** A relay will stop: leave it. */
  void handleDraining(RelayClient relay) {
    for (CarrierEntry entry : List.copyOf(carriers.entries())) {
      if (entry.carrier() instanceof CircuitCarrier circuit && circuit.client() == relay) {
        carriers.handleLeaving(circuit, HandoverCause.DRAIN);
      }
    }
    drive();
  }

  // Frames.

  /** Stages a frame for the peer; false if the session is full and the frame is dropped. */
  boolean offer(ByteBuf batch, int offset, int length, int flowHash) {
    if (!session.hasRoom(length)) {
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
  public void attached(Carrier carrier, boolean byPeer, long framesResent) {
    repairs = 0;
    carriers.handleAttached(carrier, byPeer, framesResent);
    drive();
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
    for (RelayClient relay : List.copyOf(presences.keySet())) {
      if (relay.connection().isOpen()) {
        openCircuit(relay);
      }
    }
    if (!session.isEstablished() && !carriers.entries().isEmpty()) {
      session.startOver(carriers.entries().get(0).carrier());
    }
  }

  // Handshake.

  @Override
  public KeyExchange newKeyExchange(boolean client, KeyExchange.Listener listener) {
    MemberVerifier verifier =
        MemberVerifier.ofNetwork(context.identity().network(), context.revoked(), context.clock())
            .expecting(id);
    EndToEndTls.Settings settings =
        new EndToEndTls.Settings(context.identity().transport(), verifier);
    return new SessionKeyExchange(
        listener,
        peer -> verified = peer,
        events ->
            client
                ? context.tls().client(settings, context.loop(), events)
                : context.tls().server(settings, context.loop(), events));
  }

  @Override
  public byte[] greeting() {
    return host.greeting();
  }

  @Override
  public @Nullable String greeted(byte[] bytes) {
    VerifiedPeer peer = verified;
    if (peer == null) {
      return "a greeting before the peer was verified";
    }
    try {
      Established told = Established.decode(bytes);
      MembershipRecord shown =
          MembershipRecord.open(told.membershipRecord().toBytes(), context.identity().network());
      shown.check(peer, context.clock().instant());
      greeting = told;
      record = shown;
      return null;
    } catch (WireException | PeerRefusedException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Override
  public void established() {
    LOG.info("session established peer={} id={}", name(), id.shortText());
    refusal = null;
    Established told = greeting;
    if (told != null) {
      dialer.setTold(told.candidates());
    }
    host.changed(this, "session established");
    Opaque revocations = host.revocations();
    if (revocations != null) {
      send(new PeerMessage.Revocations(revocations));
    }
    drive();
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
    if (isInitiator) {
      scheduleRepair();
    }
  }

  // Messages.

  @Override
  public void message(ByteBuf message) {
    PeerMessage read = PeerMessage.read(message);
    if (read instanceof PeerMessage.Hold hold) {
      carriers.handleForced(
          hold.kind(), hold.relay(), TimeUnit.MILLISECONDS.toNanos(hold.millis()));
      later(1, () -> {});
    } else if (read instanceof PeerMessage.Probe probe) {
      send(new PeerMessage.ProbeEcho(probe.number()));
    } else if (read instanceof PeerMessage.ProbeEcho echo) {
      Probe asked = probes.remove(echo.number());
      if (asked != null) {
        asked.listener.answered(context.nowNanos() - asked.sentNanos);
      }
    } else if (read instanceof PeerMessage.Renewed renewed) {
      handleRenewed(renewed.membershipRecord());
    } else if (read instanceof PeerMessage.Revocations revocations) {
      host.revocations(revocations.signedList().toBytes());
    }
  }

  /** The record is about the key that the session was made with, so it needs no new handshake. */
  private void handleRenewed(Opaque signed) {
    VerifiedPeer peer = verified;
    try {
      MembershipRecord shown =
          MembershipRecord.open(signed.toBytes(), context.identity().network());
      if (peer != null) {
        shown.check(peer, context.clock().instant());
        record = shown;
      }
    } catch (WireException | PeerRefusedException e) {
      LOG.warn("membership not renewed peer={} reason={}", name(), e.getMessage());
      context.membership().count("session_failed", CloseCode.NOT_ALLOWED);
    }
  }

  /** Tells the peer that this node's membership goes on. */
  void tellRenewed(Opaque membershipRecord) {
    if (session.isEstablished()) {
      send(new PeerMessage.Renewed(membershipRecord));
    }
  }

  /** Hands a list of revoked keys on. */
  void tellRevocations(Opaque signedList) {
    if (session.isEstablished()) {
      send(new PeerMessage.Revocations(signedList));
    }
  }

  /** Sends a probe through the session; the listener hears of the answer, if one comes. */
  void probe(ProbeListener listener) {
    probes.put(nextProbe, new Probe(context.nowNanos(), listener));
    send(new PeerMessage.Probe(nextProbe++));
    if (probes.size() > 64) {
      probes.remove(probes.keySet().iterator().next());
    }
  }

  private void send(PeerMessage message) {
    ByteBuf bytes = Unpooled.buffer();
    message.write(bytes);
    session.sendMessage(bytes);
    bytes.release();
  }

  /** An operator wants the session to stay on this kind of carrier for a time; tells the peer. */
  void force(CarrierKind kind, @Nullable String relay, long holdMillis) {
    send(new PeerMessage.Hold(kind, relay, holdMillis));
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
  public void ended(DirectCarrier carrier, int code, String cause) {
    LOG.debug("direct connection ended peer={} code={} cause={}", name(), code, cause);
    host.directDown(this, carrier.connection(), cause);
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
      tick(now);
      if (closed) {
        return;
      }
    }
    dialer.drive();
    carriers.drive();
    long next = Math.min(carriers.nextDeadlineNanos(), dialer.nextDeadlineNanos());
    driveAlarm.setAt(Math.min(next, nextTickNanos));
  }

  private void tick(long nowNanos) {
    carriers.measure();
    session.dropStale();
    if (session.carrier() != null) {
      withoutCarrierSinceNanos = nowNanos;
    }
    Instant end = membershipEnd();
    if (end != null && context.clock().instant().isAfter(end)) {
      host.expired(this, end);
    }
  }

  /** When the last thing that the CA said about the peer ends; null before it is known. */
  private @Nullable Instant membershipEnd() {
    if (verified == null || record == null) {
      return null;
    }
    Instant renewed = record.validity().notAfter();
    return renewed.isAfter(verified.notAfter()) ? renewed : verified.notAfter();
  }

  private void handleSessionAlarm() {
    session.handleAlarm();
  }

  /** Whether the peer has been without any carrier for so long that it can be forgotten. */
  boolean isForgettable() {
    return presences.isEmpty()
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
    List<CarrierEntry> all = List.copyOf(carriers.entries());
    session.close();
    all.forEach(entry -> entry.carrier().close(code));
  }

  // Environment of the session.

  @Override
  public long nowNanos() {
    return context.nowNanos();
  }

  @Override
  public void setAlarm(long atNanos) {
    sessionAlarm.setAt(atNanos);
  }

  @Override
  public void fillRandom(byte[] bytes) {
    context.random().nextBytes(bytes);
  }

  @Override
  public ByteBufAllocator allocator() {
    return context.allocator();
  }

  @Override
  public FlightBudget flightBudget() {
    return context.flightBudget();
  }

  // Facts.

  Fingerprint id() {
    return id;
  }

  int port() {
    return port;
  }

  /** The peer's name, or the beginning of its id until it has told its name. */
  String name() {
    return record == null ? id.shortText() : record.name();
  }

  @Nullable MembershipRecord membership() {
    return record;
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
    return !presences.isEmpty();
  }

  /** Why the last set-up of the session was refused, by either side; null if it was not. */
  @Nullable String refusal() {
    return refusal;
  }

  long sessionFullDrops() {
    return sessionFullDrops;
  }
}
