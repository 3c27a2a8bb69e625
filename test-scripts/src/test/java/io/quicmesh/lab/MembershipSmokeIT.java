package io.quicmesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class MembershipSmokeIT {

  @Test
  void letsMembersInAndEverybodyElseOut() throws Exception {
    JsonNode rows =
        LabScript.of("membership", "--quick")
            .within(Duration.ofMinutes(5))
            .runForJson()
            .path("rows");

    assertThat(rows).hasSizeGreaterThanOrEqualTo(18);
    assertThat(rows).allSatisfy(row -> assertThat(row.path("result").asText()).isEqualTo("ok"));
  }
}
