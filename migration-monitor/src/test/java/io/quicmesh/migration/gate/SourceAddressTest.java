package io.quicmesh.migration.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SourceAddressTest {

  private static SourceAddress v4(int a, int b, int c, int d) {
    return SourceAddress.of(new byte[] {(byte) a, (byte) b, (byte) c, (byte) d}, 1);
  }

  private static SourceAddress v6(int byte0, int byte7, int byte15) {
    byte[] address = new byte[16];
    address[0] = (byte) byte0;
    address[7] = (byte) byte7;
    address[15] = (byte) byte15;
    return SourceAddress.of(address, 1);
  }

  @Test
  void anIpv4AddressEqualsItsMappedForm() {
    byte[] mapped = new byte[16];
    mapped[10] = (byte) 0xff;
    mapped[11] = (byte) 0xff;
    mapped[12] = (byte) 192;
    mapped[15] = (byte) 200;

    assertThat(SourceAddress.of(mapped, 7)).isEqualTo(new SourceAddress(0, 0xffffc00000c8L, 7));
    assertThat(SourceAddress.of(new byte[] {(byte) 192, 0, 0, (byte) 200}, 7))
        .isEqualTo(SourceAddress.of(mapped, 7));
  }

  @Test
  void ipv4HostsOfOneSlash24ShareAPrefix() {
    assertThat(v4(192, 0, 2, 1).prefix()).isEqualTo(v4(192, 0, 2, 255).prefix());
    assertThat(v4(192, 0, 2, 1).prefix()).isNotEqualTo(v4(192, 0, 3, 1).prefix());
  }

  @Test
  void ipv6HostsOfOneSlash64ShareAPrefix() {
    assertThat(v6(0x20, 1, 1).prefix()).isEqualTo(v6(0x20, 1, 2).prefix());
    assertThat(v6(0x20, 1, 1).prefix()).isNotEqualTo(v6(0x20, 2, 1).prefix());
  }

  @Test
  void refusesOtherLengths() {
    assertThatThrownBy(() -> SourceAddress.of(new byte[5], 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
