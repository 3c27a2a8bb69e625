package io.quicmesh.node.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.monitor.api.DirectAttempts;
import io.quicmesh.monitor.api.FrameCounts;
import io.quicmesh.monitor.api.PathQuality;
import io.quicmesh.monitor.api.PeerCarrier;
import io.quicmesh.monitor.api.PeerIdentity;
import io.quicmesh.monitor.api.PeerStatus;
import io.quicmesh.monitor.api.RelayLink;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class HealthSummaryTest {

  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
  private static final RelayLink UP = new RelayLink("r:1", "up", 1.0, "192.0.2.9:5", null);
  private static final RelayLink DOWN = new RelayLink("s:1", "down", null, null, "silent");

  private static OwnSituation own(Duration left, RelayLink... relays) {
    return new OwnSituation(NOW, true, NOW.plus(left), List.of(relays));
  }

  private static PeerStatus peer(String name, String state, String carrier) {
    return new PeerStatus(
        new PeerIdentity(name, name, ""),
        new PeerCarrier(state, carrier, "DIRECT", null, NOW, null),
        PathQuality.UNKNOWN,
        new DirectAttempts(null, 0, 0, null),
        0,
        new FrameCounts(0, 0, 0, 0, 0, 0, Map.of()));
  }

  private static PeerStatus down(String name) {
    return peer(name, PeerCarrier.DOWN, PeerCarrier.NONE);
  }

  @Test
  void allIsWell() {
    HealthSummary summary =
        HealthSummary.of(
            own(Duration.ofDays(9), UP),
            List.of(
                peer("a", PeerCarrier.UP, PeerCarrier.DIRECT),
                peer("b", PeerCarrier.UP, PeerCarrier.RELAY)));

    assertThat(summary)
        .isEqualTo(
            new HealthSummary(true, "all is well: 2 of 2 peers up, 1 direct; 1 of 1 relays up"));
  }

  @Test
  void namesRelaysAndPeersThatAreNotUp() {
    HealthSummary summary =
        HealthSummary.of(
            own(Duration.ofDays(9), UP, DOWN),
            List.of(down("a"), down("b"), down("c"), down("d"), down("e")));

    assertThat(summary)
        .isEqualTo(
            new HealthSummary(
                false, "relay s:1 is down (silent); peers a, b, c and 2 more are down"));
  }

  @Test
  void namesACertificateThatExpiresSoonOrHas() {
    assertThat(HealthSummary.of(own(Duration.ofHours(3), UP), List.of()).line())
        .isEqualTo("this host's certificate expires at 2026-11-20T15:00:00Z");
    assertThat(HealthSummary.of(own(Duration.ZERO, DOWN), List.of()).line())
        .startsWith("this host's certificate expired at");
  }
}
