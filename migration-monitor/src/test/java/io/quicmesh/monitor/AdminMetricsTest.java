package io.quicmesh.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.monitor.api.AdminEvent;
import io.quicmesh.monitor.api.NodeFacts;
import io.quicmesh.monitor.api.Peers;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AdminMetricsTest {
  private final AdminCounters counters = new AdminCounters();
  private final AdminMetrics metrics = new AdminMetrics(counters, "0.1.0");

  @Test
  void tellsWhatTheSnapshotHolds() {
    assertThat(metrics.scrape(SampleFacts.node(), 0, 0).lines())
        .contains(
            "quicmesh_build_info{kind=\"node\",version=\"0.1.0\"} 1",
            "quicmesh_sessions{carrier=\"direct\"} 1.0",
            "quicmesh_sessions{carrier=\"relay\"} 1.0",
            "quicmesh_sessions{carrier=\"none\"} 1.0",
            "quicmesh_frames_total{direction=\"sent\",peer=\"bob\"} 5000.0",
            "quicmesh_frames_dropped_total{peer=\"carol\",reason=\"session_full\"} 3.0",
            "quicmesh_tap_dropped_total{reason=\"session_full\"} 3.0",
            "quicmesh_frames_retransmitted_total{peer=\"bob\"} 12.0",
            "quicmesh_peer_rtt_seconds{peer=\"bob\"} 0.0040999999999999995",
            "quicmesh_peer_quality_ratio{peer=\"carol\"} 0.81",
            "quicmesh_heartbeats_lost_total 2.0",
            "quicmesh_gate_rejected_total{reason=\"no_answer\"} 7.0",
            "quicmesh_gate_packets_total{reason=\"admitted\"} 12000.0",
            "quicmesh_gate_packets_total{reason=\"held\"} 9.0",
            "quicmesh_gate_packets_total{reason=\"replaced_id\"} 1.0",
            "quicmesh_buffer_bytes 65536.0",
            "quicmesh_relay_up{relay=\"203.0.113.10:4433\"} 0.0");
  }

  @Test
  void tellsWhatARelayHolds() {
    assertThat(metrics.scrape(SampleFacts.relay(), 0, 0).lines())
        .contains(
            "quicmesh_build_info{kind=\"relay\",version=\"0.1.0\"} 1",
            "quicmesh_relay_clients 2.0",
            "quicmesh_relay_circuits 1.0",
            "quicmesh_relay_spliced_bytes_total 1.23456789E8",
            "quicmesh_relay_handshakes_total{reason=\"timeout\",result=\"failed\"} 3.0",
            "quicmesh_relay_quota_hits_total{quota=\"circuits\"} 0.0",
            "quicmesh_relay_rejected_total{reason=\"unknown_network\"} 2.0",
            "quicmesh_gate_packets_total{reason=\"admitted\"} 30000.0",
            "quicmesh_gate_packets_total{reason=\"held\"} 5.0");
  }

  @Test
  void countsHandoversByCauseAndResultWithTheirDurations() {
    metrics.on(new AdminEvent.HandoverEnded(SampleFacts.handover()));
    metrics.on(new AdminEvent.HandoverEnded(SampleFacts.handover()));

    assertThat(metrics.scrape(SampleFacts.node(), 0, 0).lines())
        .contains(
            "quicmesh_handovers_total{cause=\"direct_found\",from=\"relay\",result=\"done\",to=\"direct\"} 2.0",
            "quicmesh_handover_duration_seconds_bucket{result=\"done\",le=\"0.02\"} 0",
            "quicmesh_handover_duration_seconds_bucket{result=\"done\",le=\"0.05\"} 2",
            "quicmesh_handover_gap_seconds_count{result=\"done\"} 2");
  }

  @Test
  void countsMigrationsByCauseAndResult() {
    metrics.on(new AdminEvent.MigrationEnded(SampleFacts.migration(), "failed", 30_000));

    assertThat(metrics.scrape(SampleFacts.node(), 0, 0).lines())
        .contains(
            "quicmesh_migrations_total{cause=\"link_down\",result=\"failed\"} 1.0",
            "quicmesh_migration_duration_seconds_bucket{result=\"failed\",le=\"30.0\"} 1");
  }

  @Test
  void forgetsAPeerThatIsGone() {
    metrics.scrape(SampleFacts.node(), 0, 0);
    NodeFacts node = SampleFacts.node();

    String later =
        metrics.scrape(
            new NodeFacts(
                node.status(),
                new Peers(List.of()),
                node.connections(),
                node.migrations(),
                node.handovers()),
            0,
            0);

    assertThat(later).doesNotContain("peer=\"").contains("quicmesh_sessions{carrier=\"none\"} 0.0");
  }

  @Test
  void tellsWhatTheAdminServerRefused() {
    counters.count("host");

    assertThat(metrics.scrape(SampleFacts.node(), 4, 9).lines())
        .contains(
            "quicmesh_admin_event_streams 4.0",
            "quicmesh_admin_refused_total{reason=\"host\"} 1.0",
            "quicmesh_admin_refused_total{reason=\"event_overflow\"} 9.0");
  }
}
