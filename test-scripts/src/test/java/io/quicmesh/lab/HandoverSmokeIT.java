package io.quicmesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class HandoverSmokeIT {

  @Test
  void losesNoFrameInForcedHandoversAndWhenTheDirectPathIsCut() throws Exception {
    JsonNode rows =
        LabScript.of("handover", "--smoke").within(Duration.ofMinutes(8)).runForJson().path("rows");

    assertThat(rows).hasSize(3);
    assertThat(rows).allSatisfy(HandoverSmokeIT::nothingWentWrong);
    assertThat(rows.path(1).path("gaps")).hasSizeGreaterThanOrEqualTo(6);
  }

  private static void nothingWentWrong(JsonNode row) {
    JsonNode total = row.path("probe").path("total");
    assertThat(total.path("sent").asLong()).isPositive();
    assertThat(total.path("lost").asLong()).isZero();
    assertThat(total.path("doubled").asLong()).isZero();
    assertThat(total.path("reordered").asLong()).isZero();
  }
}
