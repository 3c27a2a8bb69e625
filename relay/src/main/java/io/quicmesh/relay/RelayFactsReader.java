package io.quicmesh.relay;

import io.quicmesh.migration.ConnectionRecord;
import io.quicmesh.migration.MigrationStatistics;
import io.quicmesh.migration.MigrationTracker;
import io.quicmesh.monitor.api.ConnectionStatus;
import io.quicmesh.monitor.api.Connections;
import io.quicmesh.monitor.api.HandshakeTotals;
import io.quicmesh.monitor.api.MigrationEntry;
import io.quicmesh.monitor.api.MigrationEvent;
import io.quicmesh.monitor.api.MigrationTotals;
import io.quicmesh.monitor.api.QuotaStatus;
import io.quicmesh.monitor.api.RelayCircuit;
import io.quicmesh.monitor.api.RelayClient;
import io.quicmesh.monitor.api.RelayFacts;
import io.quicmesh.monitor.api.RelayStatus;
import io.quicmesh.monitor.api.SpliceTotals;
import io.quicmesh.relay.core.Meter;
import io.quicmesh.relay.core.Refusal;
import io.quicmesh.relay.core.RelayLimits;
import io.quicmesh.relay.core.RelaySnapshot;
import io.quicmesh.transport.carrier.Addresses;
import io.quicmesh.transport.quic.CounterGroup;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Puts the relay's state into the words of the admin interface. Owned by the event loop. */
final class RelayFactsReader {

  /** What the relay is, beside what it does. */
  record About(String fingerprint, String version, Instant started, List<String> listen) {}

  private final About about;
  private final RelayLoop relay;
  private final RelayLimits limits;
  private final MigrationTracker migrations;

  RelayFactsReader(About about, RelayLoop relay, RelayLimits limits, MigrationTracker migrations) {
    this.about = about;
    this.relay = relay;
    this.limits = limits;
    this.migrations = migrations;
  }

  /**
   * The facts of now.
   *
   * @param endpoint counters of the UDP ports
   */
  RelayFacts read(Map<String, Long> endpoint) {
    RelaySnapshot snapshot = relay.switchboard().snapshot();
    long now = System.nanoTime();
    Instant wall = Instant.now();
    return new RelayFacts(
        status(snapshot, endpoint, wall),
        snapshot.clients().stream().map(client -> client(client, wall, now)).toList(),
        snapshot.circuits().stream().map(circuit -> circuit(circuit, wall, now)).toList(),
        connections(wall, now),
        migrations.events().stream()
            .map(recorded -> entry(recorded.connectionId(), recorded.event()))
            .toList());
  }

  private RelayStatus status(RelaySnapshot snapshot, Map<String, Long> endpoint, Instant wall) {
    boolean draining = snapshot.totals().draining();
    int clients = snapshot.clients().size();
    int circuits = snapshot.circuits().size();
    MigrationStatistics statistics = migrations.statistics();
    return new RelayStatus(
        RelayStatus.KIND,
        about.fingerprint,
        about.version,
        wall.getEpochSecond() - about.started.getEpochSecond(),
        !draining,
        (draining ? "draining: " : "up: ") + clients + " nodes, " + circuits + " circuits",
        about.listen,
        draining,
        clients,
        circuits,
        new SpliceTotals(
            relay.meters().splicedBytes(),
            snapshot.totals().circuitsOpened(),
            refusedCircuits(snapshot.refusals())),
        handshakes(snapshot, endpoint),
        quotas(snapshot),
        rejected(snapshot, endpoint),
        CounterGroup.GATE.of(endpoint),
        new MigrationTotals(
            statistics.migrating(), statistics.totalFailed(), statistics.totalSuccessful()));
  }

  private static long refusedCircuits(Map<Refusal, Long> refusals) {
    return List.of(
            Refusal.CIRCUIT_NOT_ALLOWED,
            Refusal.CIRCUIT_PEER_OFFLINE,
            Refusal.CIRCUIT_UNANSWERED,
            Refusal.QUOTA_CIRCUITS,
            Refusal.QUOTA_CIRCUIT_REQUESTS)
        .stream()
        .mapToLong(reason -> refusals.getOrDefault(reason, 0L))
        .sum();
  }

  private static HandshakeTotals handshakes(RelaySnapshot snapshot, Map<String, Long> endpoint) {
    Map<String, Long> failed = new TreeMap<>();
    for (String reason : List.of("handshakes_late", "handshakes_failed", "peers_refused")) {
      failed.put(reason, endpoint.getOrDefault(reason, 0L));
    }
    return new HandshakeTotals(
        snapshot.totals().pending(), endpoint.getOrDefault("accepted", 0L), failed);
  }

  /** What was refused or dropped, by reason; facts that are no refusal are left out. */
  private static Map<String, Long> rejected(RelaySnapshot snapshot, Map<String, Long> endpoint) {
    Map<String, Long> rejected = new TreeMap<>();
    snapshot.refusals().forEach((reason, count) -> rejected.put(reason.text(), count));
    endpoint.forEach(
        (name, count) -> {
          if (name.startsWith("dropped_") || name.startsWith("streams_")) {
            rejected.merge(name, count, Long::sum);
          }
        });
    return rejected;
  }

  private List<QuotaStatus> quotas(RelaySnapshot snapshot) {
    Map<Refusal, Long> refusals = snapshot.refusals();
    long mostCircuits =
        snapshot.clients().stream().mapToLong(RelaySnapshot.Client::circuits).max().orElse(0);
    long mostPending =
        relay.links().stream().mapToLong(link -> link.meter.pendingBytes()).max().orElse(0);
    return List.of(
        new QuotaStatus(
            "connections",
            relay.links().size(),
            limits.connections().totalMax(),
            refusals.getOrDefault(Refusal.QUOTA_CONNECTIONS, 0L)),
        new QuotaStatus(
            "pending_handshakes",
            snapshot.totals().pending(),
            limits.connections().pendingPerNetworkMax(),
            refusals.getOrDefault(Refusal.QUOTA_PENDING_HANDSHAKES, 0L)),
        new QuotaStatus(
            "circuits_per_node",
            mostCircuits,
            limits.circuits().perNodeMax(),
            refusals.getOrDefault(Refusal.QUOTA_CIRCUITS, 0L)),
        new QuotaStatus(
            "streams",
            snapshot.totals().streams(),
            limits.circuits().streamsPerNodeMax(),
            refusals.getOrDefault(Refusal.QUOTA_STREAMS, 0L)),
        new QuotaStatus(
            "pending_bytes_per_node",
            mostPending,
            limits.rates().pendingBytesPerNodeMax(),
            refusals.getOrDefault(Refusal.PENDING_BYTES, 0L)),
        new QuotaStatus(
            "bytes_per_second", 0, limits.rates().nodeBytesPerSecond(), relay.meters().hits()));
  }

  private RelayClient client(RelaySnapshot.Client client, Instant wall, long nowNanos) {
    NodeLink link = relay.link(client.connection());
    Meter meter = link == null ? null : link.meter;
    return new RelayClient(
        client.id().toString(),
        client.network().toString(),
        Addresses.text(client.observed()),
        wall.minusNanos(nowNanos - client.sinceNanos()),
        link == null || link.rttNanos == 0 ? null : link.rttNanos / 1e6,
        client.circuits(),
        meter == null ? 0 : meter.receivedBytes(),
        meter == null ? 0 : meter.sentBytes(),
        client.duplicateKey());
  }

  private RelayCircuit circuit(RelaySnapshot.Splice circuit, Instant wall, long nowNanos) {
    return new RelayCircuit(
        circuit.network().toString(),
        circuit.from().toString(),
        circuit.to().toString(),
        wall.minusNanos(nowNanos - circuit.sinceNanos()),
        circuit.streams().stream().mapToLong(relay::bytes).sum());
  }

  private Connections connections(Instant wall, long nowNanos) {
    Map<String, ConnectionStatus> all = new LinkedHashMap<>();
    for (ConnectionRecord record : migrations.connections(wall, nowNanos)) {
      all.put(record.connectionId(), connection(record));
    }
    return new Connections(all);
  }

  private static ConnectionStatus connection(ConnectionRecord record) {
    return new ConnectionStatus(
        record.connectionId(),
        record.identity().kind().name().toLowerCase(Locale.ROOT),
        record.identity().role().name().toLowerCase(Locale.ROOT),
        record.identity().peer(),
        Addresses.text(record.local()),
        Addresses.text(record.remote()),
        record.startTime(),
        record.lastSeen(),
        record.requestCount(),
        record.migrationCount(),
        record.state().name(),
        record.events().stream().map(RelayFactsReader::event).toList());
  }

  static MigrationEntry entry(String connectionId, io.quicmesh.migration.MigrationEvent event) {
    return new MigrationEntry(connectionId, event(event));
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
}
