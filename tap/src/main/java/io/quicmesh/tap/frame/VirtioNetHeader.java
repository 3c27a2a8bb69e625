package io.quicmesh.tap.frame;

import io.netty.buffer.ByteBuf;

/**
 * The header before every frame (virtio 1.2, section 5.1.6, little-endian, 10 bytes): whether a
 * checksum is still open and where, and whether the frame is a superframe and how to cut it.
 * Methods take the buffer and the header's offset in it; the Ethernet frame is right behind.
 */
public final class VirtioNetHeader {
  /** The length of the header. */
  public static final int BYTES = 10;

  static final int GSO_NONE = 0;
  static final int GSO_TCPV4 = 1;
  static final int GSO_TCPV6 = 4;
  static final int GSO_UDP_L4 = 5;
  static final int GSO_ECN = 0x80;
  static final int FLAG_NEEDS_CHECKSUM = 1;

  static final int TCP_HEADER_BYTES_MIN = 20;
  static final int TCP_DATA_OFFSET = 12;
  static final int TCP_CHECKSUM_OFFSET = 16;
  static final int UDP_HEADER_BYTES = 8;
  static final int UDP_CHECKSUM_OFFSET = 6;

  private static final int GSO_TYPE_OFFSET = 1;
  private static final int HEADER_LENGTH_OFFSET = 2;
  private static final int GSO_SIZE_OFFSET = 4;
  private static final int CHECKSUM_START_OFFSET = 6;
  private static final int CHECKSUM_OFFSET_OFFSET = 8;
  private static final int LENGTH_FIELD_MAX = 0xffff;
  private static final int TRANSPORT_OFFSET_MIN =
      EthernetFrame.HEADER_BYTES + IpPacket.IPV4_HEADER_BYTES_MIN;

  /** Linux sends no smaller TCP segments (tcp_min_snd_mss); fewer bytes would mean a flood. */
  private static final int TCP_SEGMENT_BYTES_MIN = 48;

  /** Linux puts no more datagrams into one superframe (UDP_MAX_SEGMENTS). */
  private static final int UDP_SEGMENTS_MAX = 128;

  private VirtioNetHeader() {}

  /** Writes the header of a frame that is complete as it is. */
  public static void writeEmpty(ByteBuf buf, int offset) {
    buf.setLong(offset, 0);
    buf.setShort(offset + Long.BYTES, 0);
  }

  /**
   * Checks a frame that came from elsewhere, and masks its header to what is allowed: known flags
   * only, no stray numbers, and a header length that is computed anew. A superframe of one segment
   * becomes a frame with an open checksum. Changes nothing unless the frame is accepted.
   *
   * @param lengthBytes the length of header and frame
   */
  public static HeaderVerdict sanitize(ByteBuf buf, int offset, int lengthBytes) {
    if (lengthBytes < BYTES + EthernetFrame.HEADER_BYTES) {
      return HeaderVerdict.TOO_SHORT;
    }
    int frameBytes = lengthBytes - BYTES;
    if (frameBytes > EthernetFrame.SUPERFRAME_BYTES_MAX) {
      return HeaderVerdict.TOO_LONG;
    }
    if (buf.getByte(offset + GSO_TYPE_OFFSET) != GSO_NONE) {
      return sanitizeSuperframe(buf, offset, frameBytes);
    }
    if (!needsChecksum(buf, offset)) {
      writeEmpty(buf, offset);
      return HeaderVerdict.ACCEPTED;
    }
    boolean inside =
        checksumStart(buf, offset) >= TRANSPORT_OFFSET_MIN
            && checksumEnd(buf, offset) <= Math.min(frameBytes, LENGTH_FIELD_MAX);
    if (!inside) {
      return HeaderVerdict.CHECKSUM_POSITION;
    }
    maskToOpenChecksum(buf, offset);
    return HeaderVerdict.ACCEPTED;
  }

  /** Whether a TAP device with these offloads takes the frame as it is. */
  public static boolean fits(ByteBuf buf, int offset, Offloads offloads) {
    boolean segmented =
        switch (gsoType(buf, offset)) {
          case GSO_NONE -> true;
          case GSO_TCPV4 -> offloads.tso4();
          case GSO_TCPV6 -> offloads.tso6();
          default -> offloads.uso();
        };
    return segmented && (offloads.checksum() || !needsChecksum(buf, offset));
  }

  /** Whether the frame is a superframe, to be cut into segments before it meets a wire. */
  public static boolean isSuperframe(ByteBuf buf, int offset) {
    return buf.getByte(offset + GSO_TYPE_OFFSET) != GSO_NONE;
  }

  static boolean needsChecksum(ByteBuf buf, int offset) {
    return (buf.getByte(offset) & FLAG_NEEDS_CHECKSUM) != 0;
  }

  /** The kind of superframe, without the ECN flag. */
  static int gsoType(ByteBuf buf, int offset) {
    return buf.getUnsignedByte(offset + GSO_TYPE_OFFSET) & ~GSO_ECN;
  }

  /** The payload bytes of a segment. */
  static int gsoSizeBytes(ByteBuf buf, int offset) {
    return buf.getUnsignedShortLE(offset + GSO_SIZE_OFFSET);
  }

  /** Everything of a superframe before its payload, counted from the frame's begin. */
  static int headerLengthBytes(ByteBuf buf, int offset) {
    return buf.getUnsignedShortLE(offset + HEADER_LENGTH_OFFSET);
  }

  /** Where the open checksum begins to count, from the frame's begin. */
  static int checksumStart(ByteBuf buf, int offset) {
    return buf.getUnsignedShortLE(offset + CHECKSUM_START_OFFSET);
  }

  /** Where the open checksum is stored, from its start. */
  static int checksumOffset(ByteBuf buf, int offset) {
    return buf.getUnsignedShortLE(offset + CHECKSUM_OFFSET_OFFSET);
  }

  private static HeaderVerdict sanitizeSuperframe(ByteBuf buf, int offset, int frameBytes) {
    int type = buf.getUnsignedByte(offset + GSO_TYPE_OFFSET);
    boolean udp = type == GSO_UDP_L4;
    if (!udp && (type & ~GSO_ECN) != GSO_TCPV4 && (type & ~GSO_ECN) != GSO_TCPV6) {
      return HeaderVerdict.GSO_TYPE;
    }
    if (!needsChecksum(buf, offset)) {
      return HeaderVerdict.GSO_WITHOUT_CHECKSUM;
    }
    int frame = offset + BYTES;
    long found = IpPacket.find(buf, frame, frameBytes);
    if (!matches(found, type)) {
      return HeaderVerdict.GSO_PROTOCOL;
    }
    int transport = IpPacket.transportOffset(found);
    int headerBytes = transport + transportHeaderBytes(buf, frame, frameBytes, transport, udp);
    if (headerBytes == transport || headerBytes > frameBytes) {
      return HeaderVerdict.GSO_PROTOCOL;
    }
    boolean positioned =
        checksumStart(buf, offset) == transport
            && checksumOffset(buf, offset) == (udp ? UDP_CHECKSUM_OFFSET : TCP_CHECKSUM_OFFSET);
    if (!positioned) {
      return HeaderVerdict.CHECKSUM_POSITION;
    }
    if (!isSizeSane(gsoSizeBytes(buf, offset), frameBytes - headerBytes, udp)) {
      return HeaderVerdict.GSO_SIZE;
    }
    if (frameBytes - headerBytes <= gsoSizeBytes(buf, offset)) {
      // One segment: as a superframe the kernel would drop it.
      maskToOpenChecksum(buf, offset);
      return HeaderVerdict.ACCEPTED;
    }
    buf.setByte(offset, FLAG_NEEDS_CHECKSUM);
    buf.setShortLE(offset + HEADER_LENGTH_OFFSET, headerBytes);
    return HeaderVerdict.ACCEPTED;
  }

  /** Leaves nothing in the header but the position of the open checksum. */
  private static void maskToOpenChecksum(ByteBuf buf, int offset) {
    buf.setByte(offset, FLAG_NEEDS_CHECKSUM);
    buf.setByte(offset + GSO_TYPE_OFFSET, GSO_NONE);
    buf.setShortLE(offset + HEADER_LENGTH_OFFSET, checksumEnd(buf, offset));
    buf.setShortLE(offset + GSO_SIZE_OFFSET, 0);
  }

  private static int checksumEnd(ByteBuf buf, int offset) {
    return checksumStart(buf, offset) + checksumOffset(buf, offset) + Short.BYTES;
  }

  private static boolean matches(long found, int type) {
    if (found == IpPacket.NONE || IpPacket.isFragment(found)) {
      return false;
    }
    int protocol = IpPacket.protocol(found);
    return switch (type & ~GSO_ECN) {
      case GSO_TCPV4 -> protocol == IpPacket.PROTOCOL_TCP && !IpPacket.isIpv6(found);
      case GSO_TCPV6 -> protocol == IpPacket.PROTOCOL_TCP && IpPacket.isIpv6(found);
      default -> protocol == IpPacket.PROTOCOL_UDP;
    };
  }

  /** The length of the TCP or UDP header, 0 if it is cut or impossible. */
  private static int transportHeaderBytes(
      ByteBuf buf, int frame, int frameBytes, int transport, boolean udp) {
    if (udp) {
      return UDP_HEADER_BYTES;
    }
    if (frameBytes < transport + TCP_HEADER_BYTES_MIN) {
      return 0;
    }
    int words = buf.getUnsignedByte(frame + transport + TCP_DATA_OFFSET) >> 4;
    int bytes = words * Integer.BYTES;
    return bytes < TCP_HEADER_BYTES_MIN ? 0 : bytes;
  }

  private static boolean isSizeSane(int sizeBytes, int payloadBytes, boolean udp) {
    return udp
        ? sizeBytes > 0 && payloadBytes <= sizeBytes * UDP_SEGMENTS_MAX
        : sizeBytes >= TCP_SEGMENT_BYTES_MIN;
  }
}
