package io.quicmesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class MeshSmokeIT {

  @Test
  void carriesWhatUsersDoOnASegment() throws Exception {
    JsonNode rows =
        LabScript.of("mesh", "--smoke").within(Duration.ofMinutes(6)).runForJson().path("rows");

    assertThat(rows).hasSizeGreaterThanOrEqualTo(20);
    assertThat(rows).allSatisfy(row -> assertThat(row.path("result").asText()).isEqualTo("ok"));
  }
}
