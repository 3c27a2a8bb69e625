package io.quicmesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

final class CaptureSmokeIT {

  @Test
  void aCaptureShowsTheSameConnectionIdsBeforeAndAfterTheSwitch() throws Exception {
    JsonNode report = LabScript.of("capture").runForJson();

    assertThat(report.path("rows")).isNotEmpty().allMatch(row -> row.path("ok").asBoolean());
    assertThat(report.path("destination_ids")).hasSize(2).allSatisfy(CaptureSmokeIT::stayed);
    assertThat(report.path("path_frames").findValuesAsText("type"))
        .contains("PATH_CHALLENGE", "PATH_RESPONSE");
  }

  private static void stayed(JsonNode way) {
    assertThat(way.path("before")).hasSize(1);
    assertThat(way.path("after")).isEqualTo(way.path("before"));
  }
}
