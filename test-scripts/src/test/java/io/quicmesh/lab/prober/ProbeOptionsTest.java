package io.quicmesh.lab.prober;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quicmesh.lab.probe.ProbeKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProbeOptionsTest {

  @Test
  void readsInterfaces() {
    assertThat(InterfaceRef.parse("lab:qm0")).isEqualTo(new InterfaceRef("lab", "qm0"));
    assertThat(InterfaceRef.parse("qm0")).isEqualTo(new InterfaceRef(null, "qm0"));
    assertThatThrownBy(() -> InterfaceRef.parse("lab:")).hasMessageContaining("lab:");
    assertThatThrownBy(() -> InterfaceRef.parse(":qm0")).hasMessageContaining(":qm0");
  }

  @ParameterizedTest
  @CsvSource({
    "ETHERNET,0,200,1,--rate",
    "ETHERNET,100,59,1,--size must be from 60 ",
    "UDP,100,77,1,--size must be from 78 ",
    "ETHERNET,100,9015,1,--size",
    "ETHERNET,100,200,17,--flows must be from 1 to 16 ",
    "UDP,100,200,251,--flows",
    "UDP,100,200,0,--flows"
  })
  void namesTheOptionThatCannotBe(
      ProbeKind kind, double rate, int size, int flows, String expected) {
    assertThatThrownBy(() -> new ProbeOptions(kind, rate, size, flows, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(expected.trim());
  }
}
