package io.quicmesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

final class ProberIT {

  @Test
  void makesNoErrorOfItsOwn() throws Exception {
    JsonNode row = LabScript.of("prober-selftest", "--smoke").runForJson().path("rows").path(0);

    assertThat(row.path("rate").asDouble()).isEqualTo(50_000);
    assertThat(row.path("sent").asLong()).isPositive().isEqualTo(row.path("received").asLong());
    assertThat(row.path("errors").asLong()).isZero();
  }
}
