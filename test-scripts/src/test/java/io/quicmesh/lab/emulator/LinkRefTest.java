package io.quicmesh.lab.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LinkRefTest {

  @Test
  void readsBothEnds() {
    assertThat(LinkRef.parse("a=lab-1-alice:eth0,b=eth1"))
        .isEqualTo(
            new LinkRef(new EndRef("a", "lab-1-alice", "eth0"), new EndRef("b", null, "eth1")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a=x", "a=x,b=y,c=z", "x,y", "a=,b=y", "a=:x,b=y", "A=x,b=y", "all=x,b=y"})
  void refusesWhatIsNoLink(String text) {
    assertThatThrownBy(() -> LinkRef.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a");
  }
}
