package io.quicmesh.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.migration.gate.GateReason;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CounterGroupTest {

  @Test
  void namesTheReasonsOfItsOwnCounters() {
    Map<String, Long> counters =
        Map.of("gate_held", 3L, "gate_replaced_id", 1L, "dropped_gate", 4L, "received", 9L);

    assertThat(CounterGroup.GATE.of(counters)).isEqualTo(Map.of("held", 3L, "replaced_id", 1L));
    assertThat(CounterGroup.DROPPED.of(counters)).isEqualTo(Map.of("gate", 4L));
  }

  @Test
  void hasEveryReasonOfAnEndpointsGate() throws Exception {
    List<String> reasons =
        Arrays.stream(GateReason.values())
            .map(reason -> reason.name().toLowerCase(Locale.ROOT))
            .toList();
    try (TestHost host = TestHost.member(new TestNetwork())) {
      Map<String, Long> counters = host.call(() -> host.endpoint().counters());

      assertThat(CounterGroup.GATE.of(counters).keySet())
          .containsExactlyInAnyOrderElementsOf(reasons);
    }
  }
}
