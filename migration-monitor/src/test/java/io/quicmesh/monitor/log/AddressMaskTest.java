package io.quicmesh.monitor.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressMaskTest {

  private final AddressMask mask = new AddressMask(new byte[] {1, 2, 3});

  @ParameterizedTest
  @ValueSource(
      strings = {
        "198.51.100.7",
        "2001:db8::7",
        "2001:db8:0:1:0:0:0:10",
        "fe80::1",
        "::ffff:192.0.2.1",
        "02:00:5e:10:00:01"
      })
  void masksEveryKindOfAddressAndKeepsWhatIsAroundIt(String address) {
    String masked = mask.masked("to [" + address + "]:4433 and back");

    assertThat(masked).matches("to \\[addr-[0-9a-f]{6}\\]:4433 and back");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1:7878",
        "[::]:4433",
        "[::1]:80",
        "0.0.0.0:1",
        "handover step 3/5 took 1.2.3 ms",
        "at 12:30 it was well: yes",
        "io.quicmesh.node::method",
        "session id abcdef0123"
      })
  void leavesWhatTellsNothingOrIsNoAddress(String text) {
    assertThat(mask.masked(text)).isEqualTo(text);
  }

  @Test
  void givesTheSameAddressTheSameNameAndOthersOthers() {
    String masked = mask.masked("/192.0.2.1:5 192.0.2.1:6 192.0.2.2:6");
    String[] words = masked.substring(1).split("[: ]", -1);

    assertThat(words[0]).isEqualTo(words[2]).isNotEqualTo(words[4]);
    assertThat(new AddressMask(new byte[] {9}).masked("192.0.2.1")).isNotEqualTo(words[0]);
  }
}
