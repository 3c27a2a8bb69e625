package io.quicmesh.tap.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MacAddressTest {
  @Test
  void readsWhatItShows() {
    MacAddress mac = MacAddress.parse("02:1B:44:11:3a:b7");

    assertThat(mac.bits()).isEqualTo(0x021b_4411_3ab7L);
    assertThat(mac).hasToString("02:1b:44:11:3a:b7");
    assertThat(MacAddress.parse("02-1b-44-11-3a-b7")).isEqualTo(mac);
  }

  @Test
  void keepsTheOrderOfTheWire() {
    assertThat(new MacAddress(0x0102_0304_0506L).toBytes()).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void tellsGroupsFromHosts() {
    assertThat(MacAddress.isGroup(MacAddress.parse("01:00:5e:00:00:01").bits())).isTrue();
    assertThat(MacAddress.isGroup(MacAddress.BROADCAST)).isTrue();
    assertThat(MacAddress.isGroup(MacAddress.parse("02:00:00:00:00:01").bits())).isFalse();
    assertThat(MacAddress.isBroadcast(MacAddress.BROADCAST)).isTrue();
    assertThat(MacAddress.isBroadcast(0x0100_5e00_0001L)).isFalse();
  }

  @Test
  void makesLocalUnicastAddressesOfAnyRandomNumber() {
    assertThat(MacAddress.locallyAdministered(-1)).hasToString("fe:ff:ff:ff:ff:ff");
    assertThat(MacAddress.locallyAdministered(0)).hasToString("02:00:00:00:00:00");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "02:1b:44:11:3a",
        "02:1b:44:11:3a:b7:00",
        "02:1b:44:11:3a:g7",
        "021b44113ab7",
        "02.1b.44.11.3a.b7"
      })
  void refusesWhatIsNoAddress(String text) {
    assertThatThrownBy(() -> MacAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a MAC address");
  }

  @Test
  void refusesMoreThan48Bits() {
    assertThatThrownBy(() -> new MacAddress(1L << 48)).isInstanceOf(IllegalArgumentException.class);
  }
}
