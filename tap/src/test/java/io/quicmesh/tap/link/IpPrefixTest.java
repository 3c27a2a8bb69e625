package io.quicmesh.tap.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IpPrefixTest {
  @ParameterizedTest
  @CsvSource({
    "10.66.0.1/24, 10.66.0.1/24",
    "10.66.0.1, 10.66.0.1/32",
    "0.0.0.0/0, 0.0.0.0/0",
    "fd00:0:0:0:0:0:0:1/64, fd00::1/64",
    "::/0, ::/0",
    "::1, ::1/128",
    "fe80::, fe80::/128",
    "2001:db8:0:1:0:0:0:7/48, 2001:db8:0:1::7/48",
    "2001:db8:0:0:1:0:0:7/48, 2001:db8::1:0:0:7/48",
    "1:2:3:4:5:6:7:8/128, 1:2:3:4:5:6:7:8/128"
  })
  void readsLiteralsAndShowsThemShort(String text, String shown) {
    assertThat(IpPrefix.parse(text)).hasToString(shown);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/24",
        "10.66.0.1/",
        "10.66.0.1/33",
        "10.66.0.1/-1",
        "10.66.0.256/24",
        "10.66.1/24",
        "localhost/24",
        "fd00::1/129",
        "fd00::1::2/64",
        "fe80::1%eth0/64"
      })
  void refusesEverythingElseWithoutLookingNamesUp(String text) {
    assertThatThrownBy(() -> IpPrefix.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void keepsAMappedAddressAsIpv6() {
    byte[] mapped = new byte[16];
    mapped[10] = -1;
    mapped[11] = -1;

    assertThat(new IpPrefix(IpPrefix.address(mapped), 128).isIpv6()).isTrue();
  }
}
