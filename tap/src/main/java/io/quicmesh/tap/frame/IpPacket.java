package io.quicmesh.tap.frame;

import io.netty.buffer.ByteBuf;

/**
 * Finds the transport header in the IP packet of a frame (RFC 791, RFC 8200). The finding is one
 * long, so that nothing is allocated; {@link #NONE} when the payload is no IP packet or is cut.
 */
final class IpPacket {
  static final long NONE = -1;

  static final int PROTOCOL_TCP = 6;
  static final int PROTOCOL_UDP = 17;

  static final int IPV4_HEADER_BYTES_MIN = 20;
  static final int IPV4_TOTAL_LENGTH_OFFSET = 2;
  static final int IPV4_ID_OFFSET = 4;
  static final int IPV4_CHECKSUM_OFFSET = 10;
  static final int IPV4_SOURCE_OFFSET = 12;
  static final int IPV6_HEADER_BYTES = 40;
  static final int IPV6_PAYLOAD_LENGTH_OFFSET = 4;
  static final int IPV6_SOURCE_OFFSET = 8;

  private static final int IPV4_FRAGMENT_OFFSET = 6;
  private static final int IPV4_FRAGMENT_MASK = 0x3fff;
  private static final int IPV4_PROTOCOL_OFFSET = 9;
  private static final int IPV6_NEXT_HEADER_OFFSET = 6;
  private static final int IPV6_FRAGMENT_MASK = 0xfff9;

  private static final int HOP_BY_HOP = 0;
  private static final int ROUTING = 43;
  private static final int FRAGMENT = 44;
  private static final int AUTHENTICATION = 51;
  private static final int DESTINATION_OPTIONS = 60;
  private static final int EXTENSION_BYTES_MIN = 8;
  private static final int EXTENSIONS_MAX = 8;

  private static final long FRAGMENT_BIT = 1L << 24;
  private static final long IPV6_BIT = 1L << 25;

  private IpPacket() {}

  /** Looks into the packet behind the Ethernet header. */
  static long find(ByteBuf buf, int offset, int lengthBytes) {
    int network = EthernetFrame.headerBytes(buf, offset, lengthBytes);
    return switch (buf.getUnsignedShort(offset + network - Short.BYTES)) {
      case EthernetFrame.ETHERTYPE_IPV4 -> findInIpv4(buf, offset, lengthBytes, network);
      case EthernetFrame.ETHERTYPE_IPV6 -> findInIpv6(buf, offset, lengthBytes, network);
      default -> NONE;
    };
  }

  /** Where the transport header begins, counted from the frame's begin. */
  static int transportOffset(long found) {
    return (int) found & 0xffff;
  }

  static int protocol(long found) {
    return (int) (found >> Short.SIZE) & 0xff;
  }

  /** Whether the packet is a fragment, the first one included: its ports do not count. */
  static boolean isFragment(long found) {
    return (found & FRAGMENT_BIT) != 0;
  }

  static boolean isIpv6(long found) {
    return (found & IPV6_BIT) != 0;
  }

  private static long findInIpv4(ByteBuf buf, int offset, int lengthBytes, int network) {
    if (lengthBytes < network + IPV4_HEADER_BYTES_MIN) {
      return NONE;
    }
    int first = buf.getUnsignedByte(offset + network);
    int transport = network + (first & 0xf) * Integer.BYTES;
    boolean valid =
        first >> 4 == 4 && transport >= network + IPV4_HEADER_BYTES_MIN && transport <= lengthBytes;
    if (!valid) {
      return NONE;
    }
    int fragment = buf.getUnsignedShort(offset + network + IPV4_FRAGMENT_OFFSET);
    int protocol = buf.getUnsignedByte(offset + network + IPV4_PROTOCOL_OFFSET);
    return pack(transport, protocol, (fragment & IPV4_FRAGMENT_MASK) != 0 ? FRAGMENT_BIT : 0);
  }

  private static long findInIpv6(ByteBuf buf, int offset, int lengthBytes, int network) {
    int header = network + IPV6_HEADER_BYTES;
    if (lengthBytes < header || buf.getUnsignedByte(offset + network) >> 4 != 6) {
      return NONE;
    }
    int next = buf.getUnsignedByte(offset + network + IPV6_NEXT_HEADER_OFFSET);
    for (int i = 0; i < EXTENSIONS_MAX && isExtension(next); i++) {
      if (lengthBytes < header + EXTENSION_BYTES_MIN) {
        return NONE;
      }
      int after = buf.getUnsignedByte(offset + header);
      if (next == FRAGMENT) {
        int fragment = buf.getUnsignedShort(offset + header + Short.BYTES);
        if ((fragment & IPV6_FRAGMENT_MASK) != 0) {
          return pack(header + EXTENSION_BYTES_MIN, after, FRAGMENT_BIT | IPV6_BIT);
        }
      }
      header += extensionBytes(next, buf.getUnsignedByte(offset + header + 1));
      if (header > lengthBytes) {
        return NONE;
      }
      next = after;
    }
    return pack(header, next, IPV6_BIT);
  }

  private static boolean isExtension(int header) {
    return header == HOP_BY_HOP
        || header == ROUTING
        || header == FRAGMENT
        || header == AUTHENTICATION
        || header == DESTINATION_OPTIONS;
  }

  private static int extensionBytes(int header, int lengthField) {
    return switch (header) {
      case FRAGMENT -> EXTENSION_BYTES_MIN;
      case AUTHENTICATION -> (lengthField + 2) * 4;
      default -> (lengthField + 1) * 8;
    };
  }

  private static long pack(int transport, int protocol, long bits) {
    return transport | ((long) protocol << Short.SIZE) | bits;
  }
}
