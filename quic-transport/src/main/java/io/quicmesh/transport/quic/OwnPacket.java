package io.quicmesh.transport.quic;

import io.netty.buffer.ByteBuf;

/**
 * What marks our own datagrams on the port that QUIC uses: a first byte as of a short header (RFC
 * 9000, section 17.3), then eight bytes that no connection id of ours begins with.
 *
 * <pre>
 *   40 | "quicmesh" | type u8 | ...
 * </pre>
 */
public final class OwnPacket {

  /** Length of first byte, mark and type. */
  public static final int HEADER_BYTES = 1 + Long.BYTES + 1;

  static final long MARK = 0x717569636d657368L;

  private static final int FIRST_BYTE = 0x40;

  private OwnPacket() {}

  /** Begins a packet of this type. */
  public static void writeHeader(int type, ByteBuf out) {
    out.writeByte(FIRST_BYTE).writeLong(MARK).writeByte(type);
  }

  /** Whether a datagram bears the mark. */
  public static boolean isOwn(ByteBuf packet) {
    int start = packet.readerIndex();
    return packet.readableBytes() >= HEADER_BYTES
        && packet.getByte(start) == FIRST_BYTE
        && packet.getLong(start + 1) == MARK;
  }

  /** The type of a marked packet. */
  public static int type(ByteBuf packet) {
    return packet.getUnsignedByte(packet.readerIndex() + HEADER_BYTES - 1);
  }
}
