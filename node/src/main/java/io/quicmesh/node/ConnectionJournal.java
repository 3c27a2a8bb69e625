package io.quicmesh.node;

import io.quicmesh.migration.ConnectionIdentity;
import io.quicmesh.migration.ConnectionKind;
import io.quicmesh.migration.ConnectionRole;
import io.quicmesh.migration.MigrationCause;
import io.quicmesh.migration.MigrationFailure;
import io.quicmesh.migration.MigrationMonitor;
import io.quicmesh.migration.MigrationNotice;
import io.quicmesh.migration.MigrationTracker;
import io.quicmesh.migration.PathEvent;
import io.quicmesh.migration.PathPolicy;
import io.quicmesh.monitor.api.AdminEvent;
import io.quicmesh.transport.carrier.Addresses;
import io.quicmesh.transport.quic.QuicConnection;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connections that are up, and what became of their migrations. Loop-owned. */
final class ConnectionJournal {

  private static final Logger LOG = LoggerFactory.getLogger(ConnectionJournal.class);

  private final NodeContext context;
  private final Consumer<AdminEvent> watchers;
  private final MigrationTracker tracker = new MigrationTracker(PathPolicy.NONE);
  private final MigrationMonitor monitor;
  private final Map<String, QuicConnection> connections = new LinkedHashMap<>();
  private final List<Consumer<MigrationNotice>> listeners = new ArrayList<>();
  private Runnable changed = () -> {};

  ConnectionJournal(NodeContext context, Consumer<AdminEvent> watchers) {
    this.context = context;
    this.watchers = watchers;
    this.monitor =
        new MigrationMonitor(
            tracker, context.settings().migrationTimeoutNanos(), context.nowNanos());
    var unused = context.loop().scheduleAtFixedRate(this::tick, 1, 1, TimeUnit.SECONDS);
  }

  /** Sets who hears that a connection came, went, or runs to another address. */
  void onChanged(Runnable handler) {
    changed = handler;
  }

  void addListener(Consumer<MigrationNotice> listener) {
    listeners.add(listener);
  }

  void removeListener(Consumer<MigrationNotice> listener) {
    listeners.remove(listener);
  }

  private void tick() {
    monitor.handleDeadline(context.nowNanos());
    tellNotices();
  }

  // Connections.

  void handleUp(QuicConnection connection, String peer) {
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
    tellNotices();
    changed.run();
  }

  void handleDown(QuicConnection connection, String cause) {
    connections.remove(connection.id());
    tracker.handleClosed(connection.id(), context.nowNanos());
    LOG.info("connection down id={} cause={}", connection.id(), cause);
    tellNotices();
    changed.run();
  }

  // Migrations.

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
      tellNotices();
    }
    return isMoved;
  }

  /** The peer answered something that was sent at this time on the connection. */
  void handleEcho(QuicConnection connection, long sentNanos) {
    tracker.handleEcho(connection.id(), sentNanos, context.nowNanos());
  }

  /** Records of the peer came on the connection. */
  void handleHeard(QuicConnection connection, int records) {
    tracker.handleHeard(connection.id(), records, context.nowNanos());
  }

  void handlePathChanged(QuicConnection connection, io.quicmesh.transport.quic.PathEvent event) {
    tracker.handlePathEvent(
        connection.id(), translated(event), context.clock().instant(), context.nowNanos());
    tellNotices();
    if (event.kind() == io.quicmesh.transport.quic.PathEvent.Kind.MIGRATED) {
      changed.run();
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

  /** Fails the migration of a connection that is under way. */
  void fail(QuicConnection connection, MigrationFailure reason) {
    tracker.fail(connection.id(), reason, context.nowNanos());
    tellNotices();
  }

  /** Logs and tells what the tracker found since the last time. */
  void tellNotices() {
    MigrationNotice notice = tracker.poll();
    while (notice != null) {
      log(notice);
      ConnectionFacts.event(notice, context.clock().instant()).ifPresent(watchers);
      for (Consumer<MigrationNotice> listener : List.copyOf(listeners)) {
        listener.accept(notice);
      }
      notice = tracker.poll();
    }
  }

  private static void log(MigrationNotice notice) {
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
  }

  // Facts.

  /** The connection of this id, or null. */
  @Nullable QuicConnection connection(String id) {
    return connections.get(id);
  }

  /** The connections that are up. */
  List<QuicConnection> connections() {
    return List.copyOf(connections.values());
  }

  MigrationTracker tracker() {
    return tracker;
  }
}
