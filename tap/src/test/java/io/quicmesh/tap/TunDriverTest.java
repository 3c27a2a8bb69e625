package io.quicmesh.tap;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class TunDriverTest {
  private final String system = System.getProperty("os.name");

  @BeforeEach
  void pretendToBeElsewhere() {
    System.setProperty("os.name", "Plan 9");
  }

  @AfterEach
  void comeBack() {
    System.setProperty("os.name", system);
  }

  @Test
  void saysThatOnlyLinuxIsSupported() {
    assertThatThrownBy(() -> TunDriver.open(TapConfig.named("qm0")))
        .isInstanceOf(TapException.class)
        .hasMessage(
            "cannot make a TAP device: this is Plan 9, and only Linux is supported; "
                + "run the node on Linux 4.19 or newer");
  }
}
