package io.quicmesh.monitor;

import io.quicmesh.monitor.api.ConnectionStatus;
import io.quicmesh.monitor.api.Connections;
import io.quicmesh.monitor.api.DirectAttempts;
import io.quicmesh.monitor.api.FrameCounts;
import io.quicmesh.monitor.api.HandoverEntry;
import io.quicmesh.monitor.api.HandoverStep;
import io.quicmesh.monitor.api.HandshakeTotals;
import io.quicmesh.monitor.api.MigrationEntry;
import io.quicmesh.monitor.api.MigrationEvent;
import io.quicmesh.monitor.api.MigrationTotals;
import io.quicmesh.monitor.api.NodeFacts;
import io.quicmesh.monitor.api.NodeStatus;
import io.quicmesh.monitor.api.PathQuality;
import io.quicmesh.monitor.api.PeerCarrier;
import io.quicmesh.monitor.api.PeerIdentity;
import io.quicmesh.monitor.api.PeerStatus;
import io.quicmesh.monitor.api.Peers;
import io.quicmesh.monitor.api.QuotaStatus;
import io.quicmesh.monitor.api.RelayCircuit;
import io.quicmesh.monitor.api.RelayClient;
import io.quicmesh.monitor.api.RelayFacts;
import io.quicmesh.monitor.api.RelayLink;
import io.quicmesh.monitor.api.RelayStatus;
import io.quicmesh.monitor.api.SpliceTotals;
import io.quicmesh.monitor.api.TapStatus;
import io.quicmesh.monitor.api.UnderlayStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Facts as a small network would give them, with every key filled at least once. */
final class SampleFacts {
  static final Instant START = Instant.parse("2026-11-20T10:00:00Z");
  static final String DIRECT_ID = "c0ffee0123456789c0ffee0123456789";
  static final String RELAY_ID = "0ddba11500112233";

  private SampleFacts() {}

  static NodeFacts node() {
    return new NodeFacts(
        status(), peers(), connections(), List.of(migration()), List.of(handover()));
  }

  static RelayFacts relay() {
    return new RelayFacts(
        new RelayStatus(
            RelayStatus.KIND,
            "b5kq2f7zrelayfingerprint",
            "0.1.0",
            86_400,
            true,
            "2 nodes, 1 circuit",
            List.of("203.0.113.9:4433"),
            false,
            2,
            1,
            new SpliceTotals(123_456_789, 12, 1),
            new HandshakeTotals(0, 42, Map.of("timeout", 3L)),
            List.of(new QuotaStatus("circuits", 1, 500, 0)),
            Map.of("unknown_network", 2L),
            Map.of("admitted", 30_000L, "held", 5L, "released", 5L),
            new MigrationTotals(0, 0, 4)),
        List.of(
            new RelayClient(
                "aliceid234", "netid", "198.51.100.7:40000", START, 9.8, 1, 1000, 2000, false),
            new RelayClient(
                "bobid23456", "netid", "192.0.2.44:51000", START, null, 1, 2000, 1000, true)),
        List.of(new RelayCircuit("netid", "aliceid234", "bobid23456", START, 3000)),
        connections(),
        List.of(migration()));
  }

  static NodeStatus status() {
    return new NodeStatus(
        NodeStatus.KIND,
        "alice",
        "aliceid234",
        "netid",
        "0.1.0",
        3_600,
        true,
        "all well: 2 of 3 peers up, 1 direct",
        new TapStatus(
            "qm0",
            "02:00:00:00:00:01",
            1500,
            List.of("csum", "tso4", "tso6"),
            10_000,
            12_000,
            9_000_000,
            11_000_000,
            Map.of("tap_ring", 0L, "session_full", 3L)),
        new UnderlayStatus(
            "[::]:40123",
            9_500_000,
            11_600_000,
            Map.of("no_answer", 7L),
            Map.of("admitted", 12_000L, "held", 9L, "replaced_id", 1L),
            2,
            65_536,
            16_777_216),
        List.of(
            new RelayLink("203.0.113.9:4433", "up", 9.8, "198.51.100.7:40000", null),
            new RelayLink("203.0.113.10:4433", "down", null, null, "no answer for 12 s")),
        2,
        3,
        new MigrationTotals(0, 1, 5),
        Map.of("refused_revoked", 2L));
  }

  static Peers peers() {
    return new Peers(
        List.of(
            peer(
                new PeerIdentity("bob", "bobid23456", "10.66.0.2/24"),
                new PeerCarrier(
                    PeerCarrier.UP,
                    PeerCarrier.DIRECT,
                    "DIRECT",
                    "192.0.2.44:51000",
                    START,
                    "direct answers in 4.1 ms, the relay in 19.6 ms"),
                new PathQuality(4.1, 0.3, 0.0, 94_000_000.0, 0.98),
                new DirectAttempts(START, 1, 2, null)),
            peer(
                new PeerIdentity("carol", "carolid234", "10.66.0.3/24"),
                new PeerCarrier(
                    PeerCarrier.UP,
                    PeerCarrier.RELAY,
                    "RELAY_ONLY",
                    "203.0.113.9:4433",
                    START,
                    "no answer from 3 candidates over UDP"),
                new PathQuality(21.5, 1.1, 0.002, 41_000_000.0, 0.81),
                new DirectAttempts(null, 4, 4, START.plusSeconds(3_700))),
            peer(
                new PeerIdentity("dave", "daveid2345", "10.66.0.4/24"),
                new PeerCarrier(
                    PeerCarrier.DOWN, PeerCarrier.NONE, "RELAY_ONLY", null, START, "peer offline"),
                PathQuality.UNKNOWN,
                new DirectAttempts(null, 0, 0, null))));
  }

  static Connections connections() {
    MigrationEvent event = migration().event();
    return new Connections(
        Map.of(
            DIRECT_ID,
            connection(DIRECT_ID, "direct", "bob", "192.0.2.44:51000", List.of(event)),
            RELAY_ID,
            connection(RELAY_ID, "relay", "203.0.113.9:4433", "203.0.113.9:4433", List.of())));
  }

  static MigrationEntry migration() {
    return new MigrationEntry(
        DIRECT_ID,
        new MigrationEvent(
            START.plusSeconds(60),
            "198.51.100.7:40000",
            "203.0.113.77:40000",
            true,
            "link_down",
            27.5));
  }

  static HandoverEntry handover() {
    return new HandoverEntry(
        "bob",
        START.plusSeconds(5),
        "relay:203.0.113.9:4433",
        "direct",
        "direct_found",
        HandoverEntry.DONE,
        null,
        List.of(
            new HandoverStep("STARTING_LISTENER", 1.2),
            new HandoverStep("CONNECTING", 31.0),
            new HandoverStep("RESUMING", 8.4),
            new HandoverStep("MIGRATING", 6.1),
            new HandoverStep("SWITCHING", 2.2),
            new HandoverStep("CLOSING_RELAY", 0.9)),
        3.4,
        12);
  }

  private static PeerStatus peer(
      PeerIdentity identity, PeerCarrier carrier, PathQuality path, DirectAttempts direct) {
    return new PeerStatus(
        identity,
        carrier,
        path,
        direct,
        1,
        new FrameCounts(
            5_000, 6_000, 4_000_000, 5_000_000, 12, 4, Map.of("session_full", 3L, "stale", 1L)));
  }

  private static ConnectionStatus connection(
      String id, String kind, String peer, String remote, List<MigrationEvent> events) {
    return new ConnectionStatus(
        id,
        kind,
        "client",
        peer,
        "[::]:40123",
        remote,
        START,
        START.plusSeconds(3_600),
        11_000,
        events.size(),
        "STABLE",
        events);
  }
}
