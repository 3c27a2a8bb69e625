package io.quicmesh.node;

import io.quicmesh.migration.HandoverReport;
import io.quicmesh.migration.HandoverState;
import io.quicmesh.migration.HandoverStep;
import io.quicmesh.migration.MigrationCause;
import io.quicmesh.migration.MigrationFailure;
import io.quicmesh.migration.MigrationNotice;
import io.quicmesh.migration.MigrationTracker;
import io.quicmesh.monitor.api.AdminEvent;
import io.quicmesh.monitor.api.HandoverEntry;
import io.quicmesh.transport.carrier.RelayClient;
import io.quicmesh.transport.quic.PathEvent;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.StreamHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what happens in the mesh, logs it, and tells those who watch and those whose business it
 * is; {@link ConnectionJournal} and {@link EndedHandovers} keep it. Loop-owned; never in the way of
 * a frame.
 */
public final class NodeJournal implements NodeEvents {

  private static final Logger LOG = LoggerFactory.getLogger(NodeJournal.class);

  private final NodeContext context;
  private final ConnectionJournal connections;
  private final EndedHandovers handovers = new EndedHandovers();
  private final List<Consumer<HandoverEntry>> handoverListeners = new ArrayList<>();
  private Consumer<AdminEvent> watchers = event -> {};
  private Consumer<String> fatal = reason -> {};
  private Runnable ready = () -> {};
  private EchoListener echoes = (connection, sentNanos) -> {};
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
    this.connections = new ConnectionJournal(context, event -> watchers.accept(event));
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
    connections.onChanged(handler);
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
    connections.addListener(listener);
  }

  void removeMigrationListener(Consumer<MigrationNotice> listener) {
    connections.removeListener(listener);
  }

  void onRevocations(Consumer<byte[]> handler) {
    revocationLists = handler;
  }

  /** Tells of the next handovers that end, until the listener is removed. */
  void addHandoverListener(Consumer<HandoverEntry> listener) {
    handoverListeners.add(listener);
  }

  void removeHandoverListener(Consumer<HandoverEntry> listener) {
    handoverListeners.remove(listener);
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
    HandoverEntry entry = handovers.add(peer.id(), peer.name(), report, context.clock().instant());
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
    watchers.accept(new AdminEvent.HandoverEnded(entry));
    List.copyOf(handoverListeners).forEach(listener -> listener.accept(entry));
  }

  @Override
  public void connectionUp(QuicConnection connection, String peer) {
    connections.handleUp(connection, peer);
  }

  @Override
  public void connectionDown(QuicConnection connection, String cause) {
    connections.handleDown(connection, cause);
  }

  /** The peer answered something that was sent at this time on the connection. */
  @Override
  public void echoed(QuicConnection connection, long sentNanos) {
    connections.handleEcho(connection, sentNanos);
    echoes.echoed(connection, sentNanos);
    connections.tellNotices();
  }

  /** Records of the peer came on the connection. */
  @Override
  public void heard(QuicConnection connection, int records) {
    connections.handleHeard(connection, records);
  }

  @Override
  public void pathChanged(QuicConnection connection, PathEvent event) {
    connections.handlePathChanged(connection, event);
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

  // Connections.

  /**
   * The network may lead another way now: begins the migration of a connection in the client role.
   *
   * @return whether our end of the connection has another address than before
   */
  boolean handleMoved(QuicConnection connection, MigrationCause cause) {
    return connections.handleMoved(connection, cause);
  }

  /** Fails the migration of a connection that is under way. */
  void fail(QuicConnection connection, MigrationFailure reason) {
    connections.fail(connection, reason);
  }

  /** The connection of this id, or null. */
  @Nullable QuicConnection connection(String id) {
    return connections.connection(id);
  }

  /** The connections that are up. */
  List<QuicConnection> connections() {
    return connections.connections();
  }

  MigrationTracker tracker() {
    return connections.tracker();
  }

  // Handovers.

  /** The handovers that are remembered, the newest first. */
  List<HandoverEntry> handovers() {
    return handovers.newestFirst();
  }

  /** How many handovers of a peer succeeded. */
  long handoverCount(Peer peer) {
    return handovers.countOf(peer.id());
  }
}
