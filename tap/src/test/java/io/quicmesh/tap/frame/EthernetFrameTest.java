package io.quicmesh.tap.frame;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class EthernetFrameTest {
  private static final int FRAME = VirtioNetHeader.BYTES;

  private final Random random = new Random(1);

  @Test
  void readsAddressesAndEtherType() {
    ByteBuf buf = Frames.tcp4().payload(random, 10).complete();
    int length = buf.readableBytes() - FRAME;

    assertThat(EthernetFrame.destination(buf, FRAME)).isEqualTo(Frames.DESTINATION);
    assertThat(EthernetFrame.source(buf, FRAME)).isEqualTo(Frames.SOURCE);
    assertThat(EthernetFrame.etherType(buf, FRAME, length)).isEqualTo(0x0800);
    assertThat(EthernetFrame.headerBytes(buf, FRAME, length)).isEqualTo(14);
    assertThat(EthernetFrame.vlanId(buf, FRAME, length)).isEqualTo(EthernetFrame.NO_VLAN);
    buf.release();
  }

  @Test
  void readsAVlanWithoutItsPriority() {
    ByteBuf buf = Frames.tcp6().tags(0x8100_e064).complete();
    int length = buf.readableBytes() - FRAME;

    assertThat(EthernetFrame.vlanId(buf, FRAME, length)).isEqualTo(100);
    assertThat(EthernetFrame.innerVlanId(buf, FRAME, length)).isEqualTo(EthernetFrame.NO_VLAN);
    assertThat(EthernetFrame.etherType(buf, FRAME, length)).isEqualTo(0x86dd);
    assertThat(EthernetFrame.headerBytes(buf, FRAME, length)).isEqualTo(18);
    buf.release();
  }

  @Test
  void readsAServiceTagAndTheOneInside() {
    ByteBuf buf = Frames.udp4().tags(0x88a8_0007, 0x8100_0fff).complete();
    int length = buf.readableBytes() - FRAME;

    assertThat(EthernetFrame.vlanId(buf, FRAME, length)).isEqualTo(7);
    assertThat(EthernetFrame.innerVlanId(buf, FRAME, length)).isEqualTo(0xfff);
    assertThat(EthernetFrame.headerBytes(buf, FRAME, length)).isEqualTo(22);
    buf.release();
  }

  @Test
  void takesACutTagAsAnUnknownEtherType() {
    ByteBuf buf = Frames.tcp4().tags(0x8100_0064).complete();

    assertThat(EthernetFrame.headerBytes(buf, FRAME, 17)).isEqualTo(14);
    assertThat(EthernetFrame.vlanId(buf, FRAME, 17)).isEqualTo(EthernetFrame.NO_VLAN);
    assertThat(EthernetFrame.etherType(buf, FRAME, 17)).isEqualTo(0x8100);
    buf.release();
  }

  @Test
  void tellsMulticastAndBroadcast() {
    ByteBuf buf = Unpooled.buffer(16);
    buf.writeLong(0x0100_5e00_00fb_0200L).writeLong(0);
    assertThat(EthernetFrame.isMulticast(buf, 0)).isTrue();
    assertThat(EthernetFrame.isBroadcast(buf, 0)).isFalse();

    buf.setLong(0, -1);
    assertThat(EthernetFrame.isMulticast(buf, 0)).isTrue();
    assertThat(EthernetFrame.isBroadcast(buf, 0)).isTrue();

    buf.setLong(0, 0);
    assertThat(EthernetFrame.isMulticast(buf, 0)).isFalse();
  }
}
