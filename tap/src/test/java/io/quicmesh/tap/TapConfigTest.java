package io.quicmesh.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TapConfigTest {
  @Test
  void hasDefaultsForEverythingButTheName() throws Exception {
    TapConfig config = TapConfig.named("qm0");

    assertThat(config.namePattern()).isEqualTo("qm0");
    assertThat(config.mac()).isNull();
    assertThat(config.mtuBytes()).isEqualTo(1500);
    assertThat(config.queueFrames()).isEqualTo(10_000);
    assertThat(config.addresses()).isEmpty();
    assertThat(config.offloads()).isTrue();
    assertThat(config.headroomBytes()).isEqualTo(4);
  }

  @Test
  void leavesTheNumberOfTheNextFreeNameToTheKernel() throws Exception {
    assertThat(TapConfig.nextFree("qm").namePattern()).isEqualTo("qm%d");
  }

  @Test
  void refusesANameThatIsTooLong() throws Exception {
    assertThat(TapConfig.named("a23456789012345").namePattern()).hasSize(15);

    assertThatThrownBy(() -> TapConfig.named("a234567890123456"))
        .isInstanceOf(TapException.class)
        .hasMessage(
            "cannot name an interface \"a234567890123456\": the name is too long; "
                + "Linux allows 15 bytes, choose a shorter one");
    assertThatThrownBy(() -> TapConfig.nextFree("a234567890123"))
        .hasMessageContaining("the name is too long");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a/b", "a b", "a:b", "qm%d", "qm\n", "q\u00e4"})
  void refusesANameThatLinuxWouldRefuseOrRead(String name) {
    assertThatThrownBy(() -> TapConfig.named(name))
        .isInstanceOf(TapException.class)
        .hasMessageContaining("the name has characters that Linux refuses");
  }
}
