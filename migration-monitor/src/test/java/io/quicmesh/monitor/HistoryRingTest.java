package io.quicmesh.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.monitor.api.FrameCounts;
import io.quicmesh.monitor.api.History;
import io.quicmesh.monitor.api.HistorySample;
import io.quicmesh.monitor.api.HistorySeries;
import io.quicmesh.monitor.api.NodeFacts;
import io.quicmesh.monitor.api.PeerIdentity;
import io.quicmesh.monitor.api.PeerStatus;
import io.quicmesh.monitor.api.Peers;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class HistoryRingTest {
  private static final Instant START = SampleFacts.START;
  private static final long SECOND = 1_000_000_000L;

  private final HistoryRing ring = new HistoryRing();

  @Test
  void turnsTotalsIntoRates() {
    ring.add(facts(peer("bob", 1_000)), START, 0);
    HistorySample second = ring.add(facts(peer("bob", 126_000)), START.plusSeconds(2), 2 * SECOND);

    HistorySample.Values bob = second.series().get(1);
    assertThat(bob.name()).isEqualTo("bob");
    assertThat(bob.values()).containsEntry("sent_bps", 500_000.0).containsEntry("rtt_ms", 4.1);
  }

  @Test
  void knowsNoRateAtFirstNorAfterARestartOfTheCounter() {
    HistorySample first = ring.add(facts(peer("bob", 5_000)), START, 0);
    HistorySample second = ring.add(facts(peer("bob", 10)), START.plusSeconds(1), SECOND);

    assertThat(first.series().get(1).values()).containsEntry("sent_bps", null);
    assertThat(second.series().get(1).values()).containsEntry("sent_bps", null);
  }

  @Test
  void keepsTheLastQuarterOfAnHourOldestFirst() {
    for (int second = 0; second < HistoryRing.SAMPLES_MAX + 10; second++) {
      ring.add(facts(peer("bob", second * 125L)), START.plusSeconds(second), second * SECOND);
    }

    History history = ring.history();
    assertThat(history.times())
        .hasSize(HistoryRing.SAMPLES_MAX)
        .startsWith(START.plusSeconds(10))
        .endsWith(START.plusSeconds(HistoryRing.SAMPLES_MAX + 9));
    assertThat(values(history, "bob", "sent_bps"))
        .hasSize(HistoryRing.SAMPLES_MAX)
        .containsOnly(1_000.0);
  }

  @Test
  void leavesAGapWhereAPeerWasAway() {
    ring.add(facts(peer("bob", 0)), START, 0);
    ring.add(facts(), START.plusSeconds(1), SECOND);
    ring.add(facts(peer("bob", 0)), START.plusSeconds(2), 2 * SECOND);

    assertThat(values(ring.history(), "bob", "rtt_ms")).containsExactly(4.1, null, 4.1);
  }

  @Test
  void forgetsAPeerOfWhomNoSampleIsLeft() {
    ring.add(facts(peer("bob", 0)), START, 0);
    for (int second = 1; second <= HistoryRing.SAMPLES_MAX; second++) {
      ring.add(facts(), START.plusSeconds(second), second * SECOND);
    }

    assertThat(ring.history().series()).extracting(HistorySeries::name).containsExactly("alice");
  }

  @Test
  void boundsTheNumberOfSeries() {
    PeerStatus[] many =
        IntStream.range(0, 500).mapToObj(i -> peer("peer" + i, i)).toArray(PeerStatus[]::new);

    ring.add(facts(many), START, 0);

    assertThat(ring.history().series()).hasSize(HistoryRing.SERIES_MAX);
  }

  @Test
  void keepsWhatARelaySplices() {
    ring.add(SampleFacts.relay(), START, 0);

    HistorySeries relay = ring.history().series().get(0);
    assertThat(relay.kind()).isEqualTo("relay");
    assertThat(relay.values()).containsEntry("clients", List.of(2.0)).containsKey("spliced_bps");
  }

  private static List<Double> values(History history, String name, String quantity) {
    HistorySeries series =
        history.series().stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
    return series.values().getOrDefault(quantity, List.of());
  }

  private static NodeFacts facts(PeerStatus... peers) {
    NodeFacts node = SampleFacts.node();
    return new NodeFacts(
        node.status(), new Peers(List.of(peers)), node.connections(), List.of(), List.of());
  }

  private static PeerStatus peer(String name, long bytesSent) {
    PeerStatus like = SampleFacts.peers().peers().get(0);
    return new PeerStatus(
        new PeerIdentity(name, name + "id", "10.66.0.9/24"),
        like.current(),
        like.path(),
        like.direct(),
        0,
        new FrameCounts(0, 0, bytesSent, 0, 0, 0, Map.of()));
  }
}
