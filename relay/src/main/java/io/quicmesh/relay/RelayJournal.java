package io.quicmesh.relay;

import io.netty.util.concurrent.Promise;
import io.quicmesh.migration.ConnectionIdentity;
import io.quicmesh.migration.ConnectionKind;
import io.quicmesh.migration.ConnectionRole;
import io.quicmesh.migration.MigrationMonitor;
import io.quicmesh.migration.MigrationNotice;
import io.quicmesh.migration.MigrationTracker;
import io.quicmesh.migration.PathPolicy;
import io.quicmesh.monitor.api.AdminEvent;
import io.quicmesh.relay.core.RelayEvent;
import io.quicmesh.transport.carrier.Addresses;
import io.quicmesh.transport.quic.PathEvent;
import io.quicmesh.transport.quic.QuicConnection;
import java.time.Instant;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what happens at the relay: log lines, events for whoever looks on, and the migrations
 * of every connection. Owned by the event loop.
 */
final class RelayJournal implements RelayLoop.Observer {

  private static final Logger LOG = LoggerFactory.getLogger(RelayServer.class);

  private final MigrationTracker migrations = new MigrationTracker(PathPolicy.NONE);
  private final MigrationMonitor monitor;
  private final Promise<Void> drained;
  private final LimitedLog limited;
  private volatile Consumer<AdminEvent> listener = event -> {};

  RelayJournal(Promise<Void> drained, long migrationTimeoutNanos) {
    this.drained = drained;
    long now = System.nanoTime();
    this.monitor = new MigrationMonitor(migrations, migrationTimeoutNanos, now);
    this.limited = new LimitedLog(LOG, now);
  }

  /** Sets who is told of events; callable from any thread. */
  void setListener(Consumer<AdminEvent> next) {
    listener = next;
  }

  MigrationTracker migrations() {
    return migrations;
  }

  /** To be called about once a second. */
  void tick() {
    monitor.handleDeadline(System.nanoTime());
    tellNotices();
  }

  @Override
  public void opened(NodeLink link) {
    QuicConnection connection = link.connection;
    migrations.handleOpened(
        new ConnectionIdentity(
            connection.id(),
            ConnectionKind.RELAY,
            ConnectionRole.SERVER,
            connection.peer().key().shortText(),
            connection.localAddress(),
            connection.remoteAddress()),
        Instant.now(),
        System.nanoTime());
  }

  @Override
  public void heard(NodeLink link) {
    migrations.handleHeard(link.connection.id(), 1, System.nanoTime());
  }

  @Override
  public void pathChanged(NodeLink link, PathEvent event) {
    migrations.handlePathEvent(
        link.connection.id(), PathEvents.of(event), Instant.now(), System.nanoTime());
    tellNotices();
  }

  @Override
  public void closed(NodeLink link, String cause) {
    migrations.handleClosed(link.connection.id(), System.nanoTime());
    tellNotices();
    LOG.debug("closed peer={} cause={}", link.connection.peer().key().shortText(), cause);
  }

  @Override
  public void drained() {
    drained.trySuccess(null);
  }

  @Override
  public void happened(RelayEvent event) {
    String peer = event.node().shortText();
    switch (event.kind()) {
      case NODE_UP, NODE_RECONNECTED -> changed(event, "up");
      case NODE_DOWN -> changed(event, "down");
      case NODE_MOVED -> changed(event, "moved");
      case DUPLICATE_KEY -> {
        LOG.warn(
            "two hosts have one key: peer={} network={} remote={} reason={}",
            peer,
            event.network().shortText(),
            Addresses.text(event.remote()),
            event.reason());
        listener.accept(
            new AdminEvent.Alert(
                Instant.now(),
                "duplicate-key",
                "node "
                    + peer
                    + " answers at "
                    + Addresses.text(event.remote())
                    + " and is "
                    + event.reason()
                    + ": revoke its key and join one of the hosts anew"));
      }
      case NODE_REFUSED -> limited.refused(event, System.nanoTime());
      case REVOCATIONS ->
          LOG.info(
              "newer revocations peer={} network={} reason={}",
              peer,
              event.network().shortText(),
              event.reason());
      case JOIN -> limited.join(event, System.nanoTime());
    }
  }

  private void changed(RelayEvent event, String state) {
    String peer = event.node().shortText();
    LOG.info(
        "node {} peer={} network={} remote={} cause={}",
        state,
        peer,
        event.network().shortText(),
        Addresses.text(event.remote()),
        event.reason());
    listener.accept(
        new AdminEvent.PeerChanged(peer, Instant.now(), state, "relay", event.reason()));
  }

  private void tellNotices() {
    for (MigrationNotice notice = migrations.poll(); notice != null; notice = migrations.poll()) {
      tell(notice);
    }
  }

  private void tell(MigrationNotice notice) {
    if (notice instanceof MigrationNotice.Started started) {
      listener.accept(
          new AdminEvent.MigrationStarted(
              started.connectionId(), Instant.now(), started.cause().label()));
    } else if (notice instanceof MigrationNotice.Completed completed) {
      LOG.info(
          "migrated path={} remote={} cause={} gapMs={}",
          completed.connectionId(),
          Addresses.text(completed.event().newAddress()),
          completed.event().cause().label(),
          completed.event().gapNanos() / 1e6);
      listener.accept(
          new AdminEvent.MigrationEnded(
              RelayFactsReader.entry(completed.connectionId(), completed.event()),
              "done",
              completed.latencyNanos() / 1e6));
    } else if (notice instanceof MigrationNotice.Failed failed) {
      LOG.info(
          "migration failed path={} remote={} reason={}",
          failed.connectionId(),
          Addresses.text(failed.event().newAddress()),
          failed.reason());
      listener.accept(
          new AdminEvent.MigrationEnded(
              RelayFactsReader.entry(failed.connectionId(), failed.event()), "failed", 0));
    }
  }
}
