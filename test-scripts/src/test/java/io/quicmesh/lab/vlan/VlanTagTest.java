package io.quicmesh.lab.vlan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

final class VlanTagTest {

  private static final String ADDRESSES = "0200000000020200000000aa";
  private static final String REST = "080045000001";

  private final VlanTag tag = new VlanTag(7);
  private final ByteBuf out = Unpooled.buffer();

  @Test
  void pushesTheTagBehindTheAddresses() {
    ByteBuf frame = hex("ffff" + ADDRESSES + REST);

    tag.push(frame, 2, frame.readableBytes() - 2, out);

    assertThat(ByteBufUtil.hexDump(out)).isEqualTo(ADDRESSES + "81000007" + REST);
  }

  @Test
  void popsWhatItPushed() {
    ByteBuf frame = hex(ADDRESSES + "81000007" + REST);

    tag.pop(frame, 0, frame.readableBytes(), out);

    assertThat(ByteBufUtil.hexDump(out)).isEqualTo(ADDRESSES + REST);
  }

  @Test
  void knowsItsOwnFramesWhateverTheirPriority() {
    assertThat(isOn(ADDRESSES + "8100a007" + REST)).isTrue();
    assertThat(isOn(ADDRESSES + "81000008" + REST)).isFalse();
    assertThat(isOn(ADDRESSES + REST)).isFalse();
    assertThat(isOn(ADDRESSES + "81000007")).isFalse();
  }

  @Test
  void refusesIdsThatNoVlanHas() {
    assertThatThrownBy(() -> new VlanTag(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new VlanTag(4095)).isInstanceOf(IllegalArgumentException.class);
  }

  private boolean isOn(String frame) {
    ByteBuf bytes = hex(frame);
    return tag.isOn(bytes, 0, bytes.readableBytes());
  }

  private static ByteBuf hex(String text) {
    return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(text));
  }
}
