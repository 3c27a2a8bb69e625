package io.quicmesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EmulatorIT {

  @Test
  void theMostImportantKnobsDoWhatTheySay() throws Exception {
    JsonNode rows =
        LabScript.of("emulator-selftest", "--smoke")
            .within(Duration.ofMinutes(2))
            .runForJson()
            .path("rows");

    assertThat(rows.findValuesAsText("knob"))
        .containsAll(List.of("delay", "rate", "loss", "pause"));
    assertThat(rows.findValuesAsText("verdict")).containsOnly("ok");
  }
}
