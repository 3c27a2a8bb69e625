package io.quicmesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class MigrationSmokeIT {

  @Test
  void losesNoFrameWhenTheNetworkChangesAndKeepsTheConnection() throws Exception {
    JsonNode rows =
        LabScript.of("migration", "--smoke", "--lenient")
            .within(Duration.ofMinutes(5))
            .runForJson()
            .path("rows");

    assertThat(rows).hasSize(3);
    assertThat(rows).allSatisfy(MigrationSmokeIT::movedWithoutLoss);
    keptItsConnection(rows.path(0));
  }

  private static void movedWithoutLoss(JsonNode row) {
    JsonNode total = row.path("probe").path("total");
    assertThat(total.path("sent").asLong()).isPositive();
    assertThat(total.path("lost").asLong()).isZero();
    assertThat(total.path("doubled").asLong()).isZero();
    assertThat(total.path("reordered").asLong()).isZero();
    assertThat(row.path("step_failed").asText()).isEmpty();
  }

  /** What a busy machine lets look silent may be replaced in the rows that follow. */
  private static void keptItsConnection(JsonNode row) {
    assertThat(row.path("validated").asLong()).isPositive();
    assertThat(row.path("connection_after").asText())
        .isNotEmpty()
        .isEqualTo(row.path("connection_before").asText());
    assertThat(row.path("far").path("connection_id").asText())
        .isEqualTo(row.path("connection_after").asText());
  }
}
