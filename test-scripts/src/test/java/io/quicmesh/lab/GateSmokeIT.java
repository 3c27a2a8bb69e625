package io.quicmesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class GateSmokeIT {

  private static final int KINDS = 8;
  private static final int CHALLENGES_PER_SECOND = 10;

  @Test
  void aStrangerDrawsNoQuicByteAndARebindingPasses() throws Exception {
    JsonNode report =
        LabScript.of("gate", "--smoke", "--lenient").within(Duration.ofMinutes(4)).runForJson();

    assertThat(report.path("rows")).hasSize(2 * KINDS);
    assertThat(report.path("rows")).allSatisfy(GateSmokeIT::drewNothingAndDisturbedNothing);
    assertThat(report.path("rebinding")).isNotEmpty();
    assertThat(report.path("rebinding")).allSatisfy(GateSmokeIT::passedInOneRoundTrip);
  }

  private static void drewNothingAndDisturbedNothing(JsonNode row) {
    assertThat(row.path("sent").asLong()).isPositive();
    assertThat(row.path("quic_packets").asLong(-1)).isZero();
    assertThat(row.path("in_a_second").asLong()).isLessThanOrEqualTo(CHALLENGES_PER_SECOND);
    assertThat(row.path("challenge_bytes_max").asLong())
        .isLessThanOrEqualTo(row.path("sent_bytes_min").asLong());
    assertThat(row.path("kept").asBoolean()).isTrue();
    assertThat(row.path("pings").path("lost").asLong(-1)).isZero();
  }

  private static void passedInOneRoundTrip(JsonNode row) {
    assertThat(row.path("kept").asBoolean()).isTrue();
    assertThat(row.path("migrations").asLong()).isOne();
    assertThat(row.path("causes").path(0).asText()).isEqualTo("nat-rebinding");
    assertThat(row.path("round_trips").asLong()).isOne();
  }
}
