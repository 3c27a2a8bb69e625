package io.quicmesh.monitor;

import io.micrometer.core.instrument.Tags;
import io.quicmesh.monitor.api.QuotaStatus;
import io.quicmesh.monitor.api.RelayFacts;
import io.quicmesh.monitor.api.RelayStatus;
import java.util.Map;

/** Copies a relay's snapshot into its metrics. */
final class RelayMetrics {
  private final MeterTable table;

  RelayMetrics(MeterTable table) {
    this.table = table;
  }

  void set(RelayFacts facts) {
    RelayStatus status = facts.status();
    NodeMetrics.process(table, status.uptimeS(), status.healthy(), status.migrations());
    gauge("quicmesh.relay.clients", "Nodes that are connected", status.clients());
    gauge("quicmesh.relay.circuits", "Circuits that are up", status.circuits());
    gauge("quicmesh.relay.draining", "1 while it is being emptied", status.draining() ? 1 : 0);
    gauge(
        "quicmesh.relay.handshakes.pending", "Handshakes in flight", status.handshakes().pending());
    table.counter(
        "quicmesh.relay.spliced.bytes",
        "Bytes of circuits",
        Tags.empty(),
        status.spliced().bytes());
    circuits("opened", status.spliced().circuitsOpened());
    circuits("refused", status.spliced().circuitsRefused());
    handshakes("done", "none", status.handshakes().completed());
    status.handshakes().failed().forEach((reason, count) -> handshakes("failed", reason, count));
    status.quotas().forEach(this::quota);
    for (Map.Entry<String, Long> rejected : status.rejected().entrySet()) {
      table.counter(
          "quicmesh.relay.rejected",
          "Datagrams and requests refused",
          Tags.of("reason", rejected.getKey()),
          rejected.getValue());
    }
    NodeMetrics.gate(table, status.gate());
  }

  private void gauge(String name, String help, double value) {
    table.gauge(name, help, Tags.empty(), value);
  }

  private void circuits(String result, long count) {
    table.counter(
        "quicmesh.relay.circuit.requests", "Circuits asked for", Tags.of("result", result), count);
  }

  private void handshakes(String result, String reason, long count) {
    table.counter(
        "quicmesh.relay.handshakes",
        "QUIC handshakes",
        Tags.of("result", result, "reason", reason),
        count);
  }

  private void quota(QuotaStatus quota) {
    Tags tags = Tags.of("quota", quota.name());
    table.gauge("quicmesh.relay.quota.used", "Use of a limit", tags, (double) quota.used());
    table.gauge("quicmesh.relay.quota.limit", "The limit", tags, (double) quota.limit());
    table.counter("quicmesh.relay.quota.hits", "How often a limit applied", tags, quota.hits());
  }
}
