package io.quicmesh.transport.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OverlayAddressTest {

  @ParameterizedTest
  @ValueSource(strings = {"10.66.0.5/24", "0.0.0.0/0", "255.255.255.255/32", "fd00:66::5/64"})
  void printsAsItIsParsed(String text) {
    assertThat(OverlayAddress.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "10.66.0.5",
        "10.66.0.5/",
        "10.66.0.5/33",
        "10.66.0/24",
        "host/24",
        "::1/129",
        "fe80::1%lo/64",
        "10.66.0.5/-1",
        "10.66.0.5/ 4",
        "10.66.0.5/24/1",
        "10.66.0.5/0024"
      })
  void refusesAnythingElse(String text) {
    assertThatThrownBy(() -> OverlayAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("such as 10.66.0.5/24");
  }

  @ParameterizedTest
  @CsvSource({
    "10.66.0.5/24,10.66.0.0/24,254",
    "10.66.3.5/22,10.66.0.0/22,1022",
    "10.66.0.5/32,10.66.0.5/32,0",
    "10.66.0.5/30,10.66.0.4/30,2",
    "fd00:66::5/64,fd00:66::/64,1048576"
  })
  void knowsItsSubnetAndItsRoom(String text, String subnet, long hosts) {
    OverlayAddress address = OverlayAddress.parse(text);

    assertThat(address.subnet()).hasToString(subnet);
    assertThat(address.hostsMax()).isEqualTo(hosts);
    assertThat(address.subnet().contains(address.address())).isTrue();
  }

  @Test
  void countsHostsFromTheStartOfTheSubnet() {
    assertThat(OverlayAddress.parse("10.66.0.0/16").host(1)).hasToString("10.66.0.1/16");
    assertThat(OverlayAddress.parse("10.66.0.7/16").host(258)).hasToString("10.66.1.2/16");
    assertThat(OverlayAddress.parse("fd00::/64").host(65_536)).hasToString("fd00::1:0/64");
    assertThat(OverlayAddress.parse("255.0.0.0/8").host(1)).hasToString("255.0.0.1/8");
  }

  @Test
  void anAddressOfTheOtherFamilyIsNotInTheSubnet() {
    assertThat(
            OverlayAddress.parse("0.0.0.0/0").contains(OverlayAddress.parse("::1/128").address()))
        .isFalse();
  }
}
