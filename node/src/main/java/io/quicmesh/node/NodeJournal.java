package io.quicmesh.node;

import io.quicmesh.migration.CarrierId;
import io.quicmesh.migration.ConnectionIdentity;
import io.quicmesh.migration.ConnectionKind;
import io.quicmesh.migration.ConnectionRole;
import io.quicmesh.migration.HandoverReport;
import io.quicmesh.migration.HandoverResult;
import io.quicmesh.migration.HandoverState;
import io.quicmesh.migration.HandoverStep;
import io.quicmesh.migration.MigrationCause;
import io.quicmesh.migration.MigrationFailure;
import io.quicmesh.migration.MigrationMonitor;
import io.quicmesh.migration.MigrationNotice;
import io.quicmesh.migration.MigrationTracker;
import io.quicmesh.migration.PathEvent;
import io.quicmesh.migration.PathPolicy;
import io.quicmesh.monitor.api.AdminEvent;
import io.quicmesh.monitor.api.HandoverEntry;
import io.quicmesh.transport.carrier.Addresses;
import io.quicmesh.transport.carrier.RelayClient;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.StreamHeader;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what happened in the mesh, logs it, and tells those who watch. Loop-owned; never in the way
 * of a frame.
 */
public final class NodeJournal implements NodeEvents {

  private static final Logger LOG = LoggerFactory.getLogger(NodeJournal.class);

  private static final int HANDOVERS_PER_PEER_MAX = 100;

  private final NodeContext context;
  private final MigrationTracker tracker = new MigrationTracker(PathPolicy.NONE);
  private final MigrationMonitor monitor;
  private final Map<String, Deque<HandoverEntry>> handovers = new LinkedHashMap<>();
  private final Map<String, Long> handoverCounts = new LinkedHashMap<>();
  private final List<Consumer<HandoverEntry>> waiting = new ArrayList<>();
  private Consumer<AdminEvent> watchers = event -> {};
  private Consumer<String> fatal = reason -> {};
  private Runnable ready = () -> {};
  private Runnable connectionsChanged = () -> {};
  private EchoListener echoes = (connection, sentNanos) -> {};
  private final List<Consumer<MigrationNotice>> noticeListeners = new ArrayList<>();
  private final Map<String, QuicConnection> connections = new LinkedHashMap<>();
  private @Nullable JoinHandler joins;
  private Consumer<byte[]> revocationLists = list -> {};
  private Consumer<String> audit = line -> {};

  /** Hears that the peer answered what was sent at a time on a connection. */
  interface EchoListener {
    void echoed(QuicConnection connection, long sentNanos);
  }

  /** Takes a stream of a joining host; only a registrar has one. */
  public interface JoinHandler {
    void joinOpened(RelayClient relay, StreamHeader.Join header, ReceiveStream stream);
  }

  NodeJournal(NodeContext context) {
    this.context = context;
    this.monitor =
        new MigrationMonitor(
            tracker, context.settings().migrationTimeoutNanos(), context.nowNanos());
    var unused = context.loop().scheduleAtFixedRate(this::tick, 1, 1, TimeUnit.SECONDS);
  }

  void onEvent(Consumer<AdminEvent> watcher) {
    watchers = watcher;
  }

  void onFatal(Consumer<String> handler) {
    fatal = handler;
  }

  void onReady(Runnable handler) {
    ready = handler;
  }

  void onJoin(JoinHandler handler) {
    joins = handler;
  }

  /** Sets who hears that a connection came, went, or runs to another address. */
  void onConnectionsChanged(Runnable handler) {
    connectionsChanged = handler;
  }

  /** Tells of refusals and alerts, one line each. */
  void onRefusal(Consumer<String> handler) {
    audit = handler;
  }

  /** Sets who hears when something was sent that was answered now. */
  void onEcho(EchoListener handler) {
    echoes = handler;
  }

  /** Tells of what happens to migrations, until the listener is removed. */
  void addMigrationListener(Consumer<MigrationNotice> listener) {
    noticeListeners.add(listener);
  }

  void removeMigrationListener(Consumer<MigrationNotice> listener) {
    noticeListeners.remove(listener);
  }

  void onRevocations(Consumer<byte[]> handler) {
    revocationLists = handler;
  }

  /** Tells of the next handovers that end, until the listener is removed. */
  void addHandoverListener(Consumer<HandoverEntry> listener) {
    waiting.add(listener);
  }

  void removeHandoverListener(Consumer<HandoverEntry> listener) {
    waiting.remove(listener);
  }

  private void tick() {
    monitor.handleDeadline(context.nowNanos());
    drain();
  }

  @Override
  public void fatal(String reason) {
    fatal.accept(reason);
  }

  @Override
  public void peerChanged(Peer peer, String reason) {
    CarrierEntry current = peer.carriers().current();
    String carrier = current == null ? "none" : current.id().kind().label();
    String state = current == null ? "connecting" : "up";
    LOG.info("peer {} peer={} carrier={} reason={}", state, peer.name(), carrier, reason);
    watchers.accept(
        new AdminEvent.PeerChanged(peer.name(), context.clock().instant(), state, carrier, reason));
  }

  @Override
  public void handoverStepped(Peer peer, HandoverStep step) {
    double millis = step.nanos() / 1e6;
    LOG.info(
        "handover step {}/{} {} peer={} ms={}",
        step.state().step(),
        HandoverState.STEPS,
        step.state(),
        peer.name(),
        millis);
    CarrierEntry current = peer.carriers().current();
    watchers.accept(
        new AdminEvent.HandoverStepped(
            peer.name(),
            context.clock().instant(),
            current == null ? "" : current.id().label(),
            step.state().name(),
            millis));
  }

  @Override
  public void handoverEnded(Peer peer, HandoverReport report) {
    HandoverEntry entry = entry(peer, report);
    LOG.info(
        "handover {} peer={} from={} to={} cause={} reason={} ms={} gapMs={} framesResent={}",
        entry.result(),
        entry.peer(),
        entry.from(),
        entry.to(),
        entry.cause(),
        entry.reason(),
        entry.totalMs(),
        entry.gapMs(),
        entry.framesResent());
    Deque<HandoverEntry> history =
        handovers.computeIfAbsent(peer.id().toString(), id -> new ArrayDeque<>());
    history.addFirst(entry);
    if (history.size() > HANDOVERS_PER_PEER_MAX) {
      history.removeLast();
    }
    if (report.result() == HandoverResult.DONE) {
      handoverCounts.merge(peer.id().toString(), 1L, Long::sum);
    }
    watchers.accept(new AdminEvent.HandoverEnded(entry));
    List.copyOf(waiting).forEach(listener -> listener.accept(entry));
  }

  private HandoverEntry entry(Peer peer, HandoverReport report) {
    List<io.quicmesh.monitor.api.HandoverStep> steps = new ArrayList<>();
    for (HandoverStep step : report.steps()) {
      steps.add(new io.quicmesh.monitor.api.HandoverStep(step.state().name(), step.nanos() / 1e6));
    }
    return new HandoverEntry(
        peer.name(),
        context.clock().instant(),
        label(report.from()),
        report.to() == null ? report.toKind().label() : label(report.to()),
        report.cause().label(),
        report.result() == HandoverResult.DONE ? HandoverEntry.DONE : HandoverEntry.FAILED,
        report.reason(),
        steps,
        report.gapNanos() / 1e6,
        report.framesResent());
  }

  private static String label(@Nullable CarrierId id) {
    return id == null ? "none" : id.label();
  }

  // Connections.

  @Override
  public void connectionUp(QuicConnection connection, String peer) {
    boolean isRelay = connection.alpn().contains("relay");
    boolean isClient = connection.role() == QuicConnection.Role.CLIENT;
    connections.put(connection.id(), connection);
    InetSocketAddress local = connection.localAddress();
    tracker.handleOpened(
        new ConnectionIdentity(
            connection.id(),
            isRelay ? ConnectionKind.RELAY : ConnectionKind.DIRECT,
            isClient ? ConnectionRole.CLIENT : ConnectionRole.SERVER,
            peer,
            local,
            connection.remoteAddress()),
        context.clock().instant(),
        context.nowNanos());
    LOG.info(
        "connection up id={} peer={} local={} remote={}",
        connection.id(),
        peer,
        Addresses.text(local),
        Addresses.text(connection.remoteAddress()));
    drain();
    connectionsChanged.run();
  }

  @Override
  public void connectionDown(QuicConnection connection, String cause) {
    connections.remove(connection.id());
    tracker.handleClosed(connection.id(), context.nowNanos());
    LOG.info("connection down id={} cause={}", connection.id(), cause);
    drain();
    connectionsChanged.run();
  }

  /**
   * The network may lead another way now: begins the migration of a connection in the client role.
   *
   * @return whether our end of the connection has another address than before
   */
  boolean handleMoved(QuicConnection connection, MigrationCause cause) {
    InetSocketAddress local = connection.localAddress();
    boolean isClient = connection.role() == QuicConnection.Role.CLIENT;
    if (local.getAddress().isAnyLocalAddress()) {
      return false;
    }
    boolean isMoved =
        tracker
            .connection(connection.id(), context.clock().instant(), context.nowNanos())
            .map(record -> !record.local().equals(local))
            .orElse(false);
    if (isMoved && isClient) {
      tracker.start(connection.id(), local, cause, context.clock().instant(), context.nowNanos());
    }
    return isMoved;
  }

  /** The peer answered something that was sent at this time on the connection. */
  @Override
  public void echoed(QuicConnection connection, long sentNanos) {
    tracker.handleEcho(connection.id(), sentNanos, context.nowNanos());
    echoes.echoed(connection, sentNanos);
    drain();
  }

  /** Records of the peer came on the connection. */
  @Override
  public void heard(QuicConnection connection, int records) {
    tracker.handleHeard(connection.id(), records, context.nowNanos());
  }

  @Override
  public void pathChanged(QuicConnection connection, io.quicmesh.transport.quic.PathEvent event) {
    tracker.handlePathEvent(
        connection.id(), translated(event), context.clock().instant(), context.nowNanos());
    drain();
    if (event.kind() == io.quicmesh.transport.quic.PathEvent.Kind.MIGRATED) {
      connectionsChanged.run();
    }
  }

  private static PathEvent translated(io.quicmesh.transport.quic.PathEvent event) {
    InetSocketAddress local = event.local();
    InetSocketAddress remote = event.remote();
    return switch (event.kind()) {
      case NEW -> new PathEvent.New(local, remote);
      case VALIDATED -> new PathEvent.Validated(local, remote);
      case FAILED -> new PathEvent.FailedValidation(local, remote);
      case CLOSED -> new PathEvent.Closed(local, remote);
      case REUSED_ID -> reused(event);
      case MIGRATED -> new PathEvent.PeerMigrated(local, remote);
    };
  }

  private static PathEvent reused(io.quicmesh.transport.quic.PathEvent event) {
    InetSocketAddress old = event.oldRemote();
    return new PathEvent.ReusedSourceConnectionId(
        0, old == null ? event.remote() : old, event.remote());
  }

  private void drain() {
    MigrationNotice notice = tracker.poll();
    while (notice != null) {
      if (notice instanceof MigrationNotice.Completed completed) {
        LOG.info(
            "connection migrated id={} from={} to={} cause={} gapMs={}",
            completed.connectionId(),
            Addresses.text(completed.event().oldAddress()),
            Addresses.text(completed.event().newAddress()),
            completed.event().cause().label(),
            completed.event().gapNanos() / 1e6);
      } else if (notice instanceof MigrationNotice.Failed failed) {
        LOG.warn("migration failed id={} reason={}", failed.connectionId(), failed.reason());
      }
      ConnectionFacts.event(notice, context.clock().instant()).ifPresent(watchers);
      for (Consumer<MigrationNotice> listener : List.copyOf(noticeListeners)) {
        listener.accept(notice);
      }
      notice = tracker.poll();
    }
  }

  @Override
  public void relayChanged(String relay, String state, @Nullable String reason) {
    watchers.accept(new AdminEvent.RelayChanged(relay, context.clock().instant(), state, reason));
  }

  @Override
  public void alert(String kind, String text) {
    LOG.warn("alert kind={} reason={}", kind, text);
    watchers.accept(new AdminEvent.Alert(context.clock().instant(), kind, text));
    audit.accept(kind + " " + text);
  }

  @Override
  public void refused(Peer peer, CloseCode code, String reason) {
    audit.accept(
        "peer=%s node=%s code=%s reason=%s".formatted(peer.name(), peer.id(), code, reason));
  }

  @Override
  public void joinOpened(RelayClient relay, StreamHeader.Join header, ReceiveStream stream) {
    JoinHandler handler = joins;
    if (handler == null) {
      stream.stop(CloseCode.NOT_ALLOWED.code());
    } else {
      handler.joinOpened(relay, header, stream);
    }
  }

  @Override
  public void revocations(byte[] signedList) {
    revocationLists.accept(signedList);
  }

  @Override
  public void firstRelayAttemptOver() {
    ready.run();
  }

  // Facts.

  /** The connection of this id, or null. */
  @Nullable QuicConnection connection(String id) {
    return connections.get(id);
  }

  /** Fails the migration of a connection that is under way. */
  void fail(QuicConnection connection, MigrationFailure reason) {
    tracker.fail(connection.id(), reason, context.nowNanos());
    drain();
  }

  /** The connections that are up. */
  List<QuicConnection> connections() {
    return List.copyOf(connections.values());
  }

  MigrationTracker tracker() {
    return tracker;
  }

  List<HandoverEntry> handovers() {
    List<HandoverEntry> all = new ArrayList<>();
    handovers.values().forEach(all::addAll);
    all.sort((a, b) -> b.time().compareTo(a.time()));
    return all;
  }

  long handoverCount(Peer peer) {
    return handoverCounts.getOrDefault(peer.id().toString(), 0L);
  }
}
