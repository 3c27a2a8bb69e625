package io.quicmesh.node;

import io.quicmesh.migration.ConnectionRecord;
import io.quicmesh.migration.MigrationNotice;
import io.quicmesh.migration.RecordedMigration;
import io.quicmesh.monitor.api.AdminEvent;
import io.quicmesh.monitor.api.ConnectionStatus;
import io.quicmesh.monitor.api.Connections;
import io.quicmesh.monitor.api.MigrationEntry;
import io.quicmesh.monitor.api.MigrationEvent;
import io.quicmesh.transport.carrier.Addresses;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads connections and their migrations for those who watch. Loop-owned. */
final class ConnectionFacts {

  private final NodeContext context;
  private final Mesh mesh;
  private final NodeJournal journal;

  ConnectionFacts(NodeContext context, Mesh mesh, NodeJournal journal) {
    this.context = context;
    this.mesh = mesh;
    this.journal = journal;
  }

  Connections connections() {
    Map<String, ConnectionStatus> all = new LinkedHashMap<>();
    for (ConnectionRecord record :
        journal.tracker().connections(context.clock().instant(), context.nowNanos())) {
      all.put(record.connectionId(), connection(record));
    }
    return new Connections(all);
  }

  ConnectionStatus connection(ConnectionRecord record) {
    List<MigrationEvent> events = new ArrayList<>();
    record.events().forEach(event -> events.add(event(event)));
    return new ConnectionStatus(
        record.connectionId(),
        record.identity().kind().name().toLowerCase(Locale.ROOT),
        record.identity().role().name().toLowerCase(Locale.ROOT),
        nameNow(record.identity().peer()),
        Addresses.text(record.local()),
        Addresses.text(record.remote()),
        record.startTime(),
        record.lastSeen(),
        record.requestCount(),
        record.migrationCount(),
        record.state().name(),
        events);
  }

  /** A connection that a peer opened bears the peer's id until the peer has told its name. */
  private String nameNow(String nameThen) {
    for (Peer peer : mesh.peers()) {
      if (peer.id().shortText().equals(nameThen)) {
        return peer.name();
      }
    }
    return nameThen;
  }

  private static MigrationEvent event(io.quicmesh.migration.MigrationEvent event) {
    return new MigrationEvent(
        event.timestamp(),
        Addresses.text(event.oldAddress()),
        Addresses.text(event.newAddress()),
        event.validated(),
        event.cause().label(),
        event.gapNanos() / 1e6);
  }

  List<MigrationEntry> migrations() {
    List<MigrationEntry> entries = new ArrayList<>();
    for (RecordedMigration recorded : journal.tracker().events()) {
      entries.add(new MigrationEntry(recorded.connectionId(), event(recorded.event())));
    }
    return entries;
  }

  /** What those who watch hear of a notice of the tracker. */
  static Optional<AdminEvent> event(MigrationNotice notice, Instant now) {
    if (notice instanceof MigrationNotice.Started started) {
      return Optional.of(
          new AdminEvent.MigrationStarted(started.connectionId(), now, started.cause().label()));
    }
    if (notice instanceof MigrationNotice.Completed done) {
      MigrationEntry entry = new MigrationEntry(done.connectionId(), event(done.event()));
      return Optional.of(new AdminEvent.MigrationEnded(entry, "done", done.latencyNanos() / 1e6));
    }
    if (notice instanceof MigrationNotice.Failed failed) {
      MigrationEntry entry = new MigrationEntry(failed.connectionId(), event(failed.event()));
      return Optional.of(new AdminEvent.MigrationEnded(entry, "failed", 0));
    }
    return Optional.empty();
  }
}
