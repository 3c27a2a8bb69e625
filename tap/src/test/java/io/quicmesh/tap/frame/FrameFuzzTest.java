package io.quicmesh.tap.frame;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;

/** Frames and virtio-net headers of any bytes: each input is a header with a frame behind it. */
final class FrameFuzzTest {
  private static final int FRAME = VirtioNetHeader.BYTES;

  @FuzzTest
  void readsAnyEthernetHeaderInside(byte[] data) {
    ByteBuf buf = exactly(data);
    int length = data.length - FRAME;
    if (length < EthernetFrame.HEADER_BYTES) {
      return;
    }

    assertThat(EthernetFrame.headerBytes(buf, FRAME, length)).isBetween(14, Math.min(22, length));
    assertThat(EthernetFrame.vlanId(buf, FRAME, length)).isBetween(0, 0xfff);
    assertThat(EthernetFrame.innerVlanId(buf, FRAME, length)).isBetween(0, 0xfff);
    new MacAddress(EthernetFrame.source(buf, FRAME));
    new MacAddress(EthernetFrame.destination(buf, FRAME));
  }

  @FuzzTest
  void hashesAnyFrameTheSameWayAgain(byte[] data) {
    ByteBuf buf = exactly(data);
    int length = data.length - FRAME;
    if (length < EthernetFrame.HEADER_BYTES) {
      return;
    }
    int hash = FlowHash.of(buf, FRAME, length);

    assertThat(FlowHash.of(buf, FRAME, length)).isEqualTo(hash);
    long found = IpPacket.find(buf, FRAME, length);
    if (found != IpPacket.NONE) {
      assertThat(IpPacket.transportOffset(found)).isBetween(34, length);
    }
  }

  @FuzzTest
  void acceptsAMaskedHeaderAgainUnchanged(byte[] data) {
    ByteBuf buf = exactly(data);
    boolean accepted = VirtioNetHeader.sanitize(buf, 0, data.length).accepted();
    byte[] masked = ByteBufUtil.getBytes(buf);

    assertThat(VirtioNetHeader.sanitize(buf, 0, data.length).accepted()).isEqualTo(accepted);
    assertThat(ByteBufUtil.getBytes(buf)).isEqualTo(masked);
    if (!accepted) {
      assertThat(masked).isEqualTo(data);
    }
  }

  @FuzzTest
  void cutsWhateverWasAcceptedIntoFramesThatNeedNothing(byte[] data) {
    ByteBuf buf = exactly(data);
    if (!VirtioNetHeader.sanitize(buf, 0, data.length).accepted()) {
      return;
    }
    boolean superframe = VirtioNetHeader.isSuperframe(buf, 0);
    int headerBytes = superframe ? VirtioNetHeader.headerLengthBytes(buf, 0) : 0;
    int payloadBytes = data.length - FRAME - headerBytes;
    int[] seen = new int[1];

    try (Segmenter segmenter = new Segmenter(UnpooledByteBufAllocator.DEFAULT)) {
      segmenter.segment(
          buf,
          0,
          data.length,
          (segment, offset, length) -> {
            assertThat(VirtioNetHeader.sanitize(segment, offset, length).accepted()).isTrue();
            assertThat(VirtioNetHeader.fits(segment, offset, Offloads.NONE)).isTrue();
            seen[0] += length - FRAME - headerBytes;
          });
    }

    assertThat(seen[0]).isEqualTo(payloadBytes);
  }

  /** No byte more than the input, so that reading past it fails. */
  private static ByteBuf exactly(byte[] data) {
    return Unpooled.wrappedBuffer(data.clone());
  }
}
