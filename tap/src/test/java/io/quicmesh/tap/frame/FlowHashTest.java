package io.quicmesh.tap.frame;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class FlowHashTest {
  private final Random random = new Random(1);

  @Test
  void isEqualForAllFramesOfATcpConnection() {
    int hash = hash(Frames.tcp4().ports(1, 2));

    assertThat(hash(Frames.tcp4().ports(1, 2).payload(random, 900).tcpFlags(0x18))).isEqualTo(hash);
    assertThat(hash(Frames.tcp4().ports(1, 2).tcpOptions(12))).isEqualTo(hash);
  }

  @Test
  void tellsTcpConnectionsApart() {
    assertThat(hash(Frames.tcp4().ports(1, 2))).isNotEqualTo(hash(Frames.tcp4().ports(1, 3)));
    assertThat(hash(Frames.tcp6().ports(1, 2))).isNotEqualTo(hash(Frames.tcp6().ports(4, 2)));
  }

  @Test
  void doesNotCountUdpPortsBecauseFragmentsHaveNone() {
    int hash = hash(Frames.udp4().ports(1, 2).payload(random, 100));

    assertThat(hash(Frames.udp4().ports(3, 4).payload(random, 100))).isEqualTo(hash);
    assertThat(hash(Frames.udp4().fragment(0x2000).payload(random, 100))).isEqualTo(hash);
    assertThat(hash(Frames.udp4().fragment(0x00b9).payload(random, 100))).isEqualTo(hash);
  }

  @Test
  void takesAllFragmentsOfATcpPacketAsOneFlow() {
    int first = hash(Frames.tcp4().fragment(0x2000).payload(random, 100));
    int next = hash(Frames.tcp4().ports(9, 9).fragment(0x00b9).payload(random, 100));

    assertThat(next).isEqualTo(first);
  }

  @Test
  void takesAnUnusedFragmentFieldAsNoFragment() {
    int dontFragment = 0x4000;

    assertThat(hash(Frames.tcp4().fragment(dontFragment))).isEqualTo(hash(Frames.tcp4()));
  }

  @Test
  void looksBehindIpv6ExtensionHeaders() {
    int[] hopByHop = {6, 0, 1, 4, 0, 0, 0, 0};

    assertThat(hash(Frames.tcp6().extensions(0, hopByHop))).isEqualTo(hash(Frames.tcp6()));
    assertThat(hash(Frames.tcp6().extensions(0, hopByHop).ports(1, 1)))
        .isNotEqualTo(hash(Frames.tcp6()));
  }

  @Test
  void takesIpv6FragmentsAsTheFlowOfTheirProtocol() {
    int[] first = {17, 0, 0, 1, 0, 0, 0, 9};
    int[] last = {17, 0, 5, 0xa8, 0, 0, 0, 9};
    int whole = hash(Frames.udp6().payload(random, 50));

    assertThat(hash(Frames.udp6().extensions(44, first).payload(random, 50))).isEqualTo(whole);
    assertThat(hash(Frames.udp6().extensions(44, last).payload(random, 50))).isEqualTo(whole);
  }

  @Test
  void tellsVlansHostsAndProtocolsApart() {
    int hash = hash(Frames.udp4());

    assertThat(hash(Frames.udp4().tags(0x8100_0001))).isNotEqualTo(hash);
    assertThat(hash(Frames.udp4().tags(0x88a8_0001, 0x8100_0002)))
        .isNotEqualTo(hash(Frames.udp4().tags(0x88a8_0001, 0x8100_0003)));
    assertThat(hash(Frames.udp4().host(2))).isNotEqualTo(hash);
    assertThat(hash(Frames.udp6().host(2))).isNotEqualTo(hash(Frames.udp6()));
    assertThat(hash(Frames.protocol(1))).isNotEqualTo(hash);
  }

  @Test
  void doesNotCountThePriorityOfATag() {
    assertThat(hash(Frames.udp4().tags(0x8100_e001)))
        .isEqualTo(hash(Frames.udp4().tags(0x8100_0001)));
  }

  @Test
  void takesFramesWithALengthInsteadOfAnEtherTypeAsOneFlow() {
    ByteBuf buf = Frames.tcp4().payload(random, 100).complete();
    buf.setShort(VirtioNetHeader.BYTES + 12, 38);
    int hash = FlowHash.of(buf, VirtioNetHeader.BYTES, 52);
    buf.setShort(VirtioNetHeader.BYTES + 12, 80);

    assertThat(FlowHash.of(buf, VirtioNetHeader.BYTES, 94)).isEqualTo(hash);
    buf.release();
  }

  @Test
  void spreadsConnectionsOverFewLanesByAnyBits() {
    int connections = 20_000;
    int[] low = new int[4];
    int[] high = new int[4];
    Frames frames = Frames.tcp4();
    ByteBuf buf = frames.complete();
    int ports = VirtioNetHeader.BYTES + frames.transport();
    for (int i = 0; i < connections; i++) {
      buf.setShort(ports, 32_768 + i % 100).setShort(ports + 2, 1 + i / 100);
      int hash = FlowHash.of(buf, VirtioNetHeader.BYTES, 54);
      low[hash & 3]++;
      high[hash >>> 30]++;
    }

    assertThat(IntStream.of(low).boxed())
        .allSatisfy(count -> assertThat(count).isBetween(4_700, 5_300));
    assertThat(IntStream.of(high).boxed())
        .allSatisfy(count -> assertThat(count).isBetween(4_700, 5_300));
    buf.release();
  }

  private static int hash(Frames frames) {
    ByteBuf buf = frames.complete();
    try {
      return FlowHash.of(buf, VirtioNetHeader.BYTES, buf.readableBytes() - VirtioNetHeader.BYTES);
    } finally {
      buf.release();
    }
  }
}
