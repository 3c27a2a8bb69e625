package io.quicmesh.lab.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quicmesh.tap.frame.VirtioNetHeader;

/** Frames behind a virtio-net header in direct memory, as the TAP device hands them over. */
final class BenchFrames {

  static final int FRAME = VirtioNetHeader.BYTES;
  static final int SEGMENT_PAYLOAD_BYTES = 1460;
  static final long SOURCE_MAC = 0x0200_0000_0001L;
  static final long TARGET_MAC = 0x0200_0000_0002L;

  private static final int HEADERS_BYTES = 14 + 20 + 20;
  private static final int PROTOCOL_TCP = 6;
  private static final int PROTOCOL_UDP = 17;
  private static final int GSO_TCPV4 = 1;

  private BenchFrames() {}

  /** A whole UDP frame of this length. */
  static ByteBuf udp(int frameBytes) {
    return ipv4(frameBytes, PROTOCOL_UDP);
  }

  /** A whole TCP frame of this length. */
  static ByteBuf tcp(int frameBytes) {
    ByteBuf buf = ipv4(frameBytes, PROTOCOL_TCP);
    buf.setByte(FRAME + 34 + 12, 5 << 4);
    return buf;
  }

  /** A TCP superframe with an open checksum, to be cut into so many full segments. */
  static ByteBuf superframe(int segments) {
    ByteBuf buf = tcp(HEADERS_BYTES + segments * SEGMENT_PAYLOAD_BYTES);
    buf.setByte(0, 1);
    buf.setByte(1, GSO_TCPV4);
    buf.setShortLE(2, HEADERS_BYTES);
    buf.setShortLE(4, SEGMENT_PAYLOAD_BYTES);
    buf.setShortLE(6, 34);
    buf.setShortLE(8, 16);
    return buf;
  }

  private static ByteBuf ipv4(int frameBytes, int protocol) {
    ByteBuf buf = Unpooled.directBuffer(FRAME + frameBytes).writeZero(FRAME + frameBytes);
    putMac(buf, FRAME, TARGET_MAC);
    putMac(buf, FRAME + 6, SOURCE_MAC);
    buf.setShort(FRAME + 12, 0x0800);
    buf.setByte(FRAME + 14, 0x45);
    buf.setShort(FRAME + 16, frameBytes - 14);
    buf.setByte(FRAME + 22, 64);
    buf.setByte(FRAME + 23, protocol);
    buf.setInt(FRAME + 26, 0x0a42_0001);
    buf.setInt(FRAME + 30, 0x0a42_0002);
    buf.setShort(FRAME + 34, 40_000);
    buf.setShort(FRAME + 36, 5_201);
    return buf;
  }

  private static void putMac(ByteBuf buf, int at, long mac) {
    buf.setShort(at, (int) (mac >> 32));
    buf.setInt(at + 2, (int) mac);
  }
}
