package io.quicmesh.node.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.monitor.api.Netcheck;
import io.quicmesh.monitor.api.RelayLink;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class NetcheckReadingTest {

  private static RelayLink up(String observed) {
    return new RelayLink("relay:4433", "up", 1.0, observed, null);
  }

  private static List<InetAddress> addresses(String... texts) throws UnknownHostException {
    List<InetAddress> addresses = new ArrayList<>();
    for (String text : texts) {
      addresses.add(InetAddress.getByName(text));
    }
    return addresses;
  }

  private static Netcheck read(List<RelayLink> relays, String... own) throws UnknownHostException {
    return NetcheckReading.of(relays, addresses(own), false);
  }

  @Test
  void seesNoNatWhereRelaysSeeTheHostsOwnAddress() throws UnknownHostException {
    Netcheck check = read(List.of(up("192.0.2.9:4500")), "192.0.2.9", "127.0.0.1", "fe80::1");

    assertThat(check.udp()).isEqualTo("works");
    assertThat(check.ipv4().nat()).isEqualTo("none");
    assertThat(check.ipv4().mapping()).startsWith("not probed: two relays are needed");
    assertThat(check.ipv6().udp()).isEqualTo("no: this host has no such address");
    assertThat(check.portMapping()).isEqualTo("not probed");
  }

  @Test
  void tellsWhetherTheMappingVaries() throws UnknownHostException {
    Netcheck same = read(List.of(up("192.0.2.9:4500"), up("192.0.2.9:4500")), "10.0.0.2");
    Netcheck varies = read(List.of(up("192.0.2.9:4500"), up("192.0.2.9:4501")), "10.0.0.2");

    assertThat(same.ipv4().nat()).isEqualTo("yes");
    assertThat(same.ipv4().mapping()).isEqualTo("the same for 2 relays");
    assertThat(varies.ipv4().mapping()).isEqualTo("varies with the destination");
  }

  @Test
  void keepsIpVersionsApart() throws UnknownHostException {
    Netcheck check = read(List.of(up("[2001:db8::9]:4500")), "192.0.2.9", "2001:db8::9");

    assertThat(check.ipv6().nat()).isEqualTo("none");
    assertThat(check.ipv6().udp()).isEqualTo("works");
    assertThat(check.ipv4().udp()).isEqualTo("not proven: no relay is connected over it");
  }

  @Test
  void provesNothingWithoutARelay() throws UnknownHostException {
    RelayLink down = new RelayLink("relay:4433", "down", null, "192.0.2.9:1", "silent");

    assertThat(read(List.of(down), "192.0.2.9").udp()).startsWith("not proven: no relay answers");
    assertThat(read(List.of()).udp()).startsWith("not proven: no relay is configured");
    assertThat(NetcheckReading.of(List.of(down), List.of(), true).udp()).isEqualTo("works");
  }
}
