package io.quicmesh.transport.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

final class AddressesTest {

  @Test
  void writesAnIpv4AddressWithItsPort() throws UnknownHostException {
    InetAddress ip = InetAddress.getByName("192.0.2.1");

    assertThat(Addresses.text(new InetSocketAddress(ip, 4433))).isEqualTo("192.0.2.1:4433");
  }

  @Test
  void writesAnIpv6AddressInBrackets() throws UnknownHostException {
    InetAddress ip = InetAddress.getByName("2001:db8::1");

    assertThat(Addresses.text(new InetSocketAddress(ip, 4433))).isEqualTo("[2001:db8::1]:4433");
  }

  @Test
  void leavesOutAScopeThatSaysNothing() throws UnknownHostException {
    assertThat(Addresses.text(scoped("2001:db8::1", 0))).isEqualTo("[2001:db8::1]:4433");
  }

  @Test
  void keepsAScopeThatNamesAnInterface() throws UnknownHostException {
    assertThat(Addresses.text(scoped("fe80::1", 10))).isEqualTo("[fe80::1%10]:4433");
  }

  @Test
  void writesANameThatIsNotLookedUp() {
    assertThat(Addresses.text(InetSocketAddress.createUnresolved("relay.example.net", 4433)))
        .isEqualTo("relay.example.net:4433");
  }

  private static InetSocketAddress scoped(String address, int scope) throws UnknownHostException {
    byte[] bytes = InetAddress.getByName(address).getAddress();
    return new InetSocketAddress(Inet6Address.getByAddress(null, bytes, scope), 4433);
  }
}
