package io.quicmesh.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OwnNetworkTest {

  @Test
  void namesAnIpv4AddressFirst() throws Exception {
    InetAddress six = InetAddress.getByName("2001:db8::1");
    InetAddress four = InetAddress.getByName("203.0.113.7");

    assertThat(OwnNetwork.underlayHost(List.of(six, four))).isEqualTo("203.0.113.7");
  }

  @Test
  void namesAnIpv6AddressWithoutItsScope() throws Exception {
    byte[] bytes = InetAddress.getByName("2001:db8::1").getAddress();
    InetAddress scoped = Inet6Address.getByAddress("host", bytes, 3);

    assertThat(OwnNetwork.underlayHost(List.of(scoped))).isEqualTo("2001:db8::1");
  }

  @Test
  void namesLoopbackWhenThereIsNothingElse() {
    assertThat(OwnNetwork.underlayHost(List.of())).isEqualTo("127.0.0.1");
  }
}
