package io.quicmesh.tap.link;

import io.netty.buffer.ByteBuf;

/** Writes the rtnetlink requests that quicmesh makes. */
public final class NetlinkRequests {
  private static final int RTM_GETLINK = 18;
  private static final int RTM_NEWADDR = 20;
  private static final int RTM_GETADDR = 22;
  private static final int RTM_GETROUTE = 26;

  private static final int LINK_BODY_BYTES = 16;
  private static final int ADDRESS_BODY_BYTES = 8;
  private static final int ROUTE_BODY_BYTES = 12;

  private static final int IFLA_EXT_MASK = 29;
  private static final byte[] WITHOUT_STATISTICS = {8, 0, 0, 0};

  private static final int IFA_ADDRESS = 1;
  private static final int IFA_LOCAL = 2;
  private static final int IFA_BROADCAST = 4;
  private static final int IFA_F_NODAD = 0x02;

  /** Prefixes up to this length leave room for a broadcast address. */
  private static final int BROADCAST_PREFIX_BITS_MAX = 30;

  private NetlinkRequests() {}

  /**
   * Assigns an address to an interface, or confirms it. An IPv6 address can be used at once,
   * without a search for duplicates: addresses on the segment are given out by its registrar.
   */
  public static void assignAddress(ByteBuf out, int sequence, int linkIndex, IpPrefix prefix) {
    int flags =
        NetlinkMessage.FLAG_REQUEST
            | NetlinkMessage.FLAG_ACK
            | NetlinkMessage.FLAG_CREATE
            | NetlinkMessage.FLAG_REPLACE;
    int start = begin(out, RTM_NEWADDR, flags, sequence);
    boolean ipv6 = prefix.isIpv6();
    out.writeByte(ipv6 ? NetlinkMessage.AF_INET6 : NetlinkMessage.AF_INET);
    out.writeByte(prefix.lengthBits());
    out.writeByte(ipv6 ? IFA_F_NODAD : 0);
    out.writeByte(0);
    out.writeIntLE(linkIndex);
    byte[] address = prefix.address().getAddress();
    writeAttribute(out, IFA_LOCAL, address);
    writeAttribute(out, IFA_ADDRESS, address);
    if (!ipv6 && prefix.lengthBits() <= BROADCAST_PREFIX_BITS_MAX) {
      writeAttribute(out, IFA_BROADCAST, lastAddress(prefix));
    }
    finish(out, start);
  }

  /** Asks for all links. */
  static void dumpLinks(ByteBuf out, int sequence) {
    int start = beginDump(out, RTM_GETLINK, sequence, LINK_BODY_BYTES);
    writeAttribute(out, IFLA_EXT_MASK, WITHOUT_STATISTICS);
    finish(out, start);
  }

  /** Asks for all addresses. */
  static void dumpAddresses(ByteBuf out, int sequence) {
    finish(out, beginDump(out, RTM_GETADDR, sequence, ADDRESS_BODY_BYTES));
  }

  /** Asks for all routes. */
  static void dumpRoutes(ByteBuf out, int sequence) {
    finish(out, beginDump(out, RTM_GETROUTE, sequence, ROUTE_BODY_BYTES));
  }

  /** The negated error number of an acknowledgement, 0 for success; 1 if it is something else. */
  public static int acknowledged(ByteBuf in) {
    int offset = in.readerIndex();
    boolean whole = in.readableBytes() >= NetlinkMessage.HEADER_BYTES + Integer.BYTES;
    if (!whole
        || in.getUnsignedShortLE(offset + NetlinkMessage.TYPE_OFFSET)
            != NetlinkMessage.TYPE_ERROR) {
      return 1;
    }
    return in.getIntLE(offset + NetlinkMessage.HEADER_BYTES);
  }

  private static byte[] lastAddress(IpPrefix prefix) {
    byte[] address = prefix.address().getAddress();
    for (int bit = prefix.lengthBits(); bit < address.length * Byte.SIZE; bit++) {
      address[bit / Byte.SIZE] |= (byte) (0x80 >> bit % Byte.SIZE);
    }
    return address;
  }

  private static int beginDump(ByteBuf out, int type, int sequence, int bodyBytes) {
    int flags = NetlinkMessage.FLAG_REQUEST | NetlinkMessage.FLAG_DUMP;
    int start = begin(out, type, flags, sequence);
    out.writeZero(bodyBytes);
    return start;
  }

  private static int begin(ByteBuf out, int type, int flags, int sequence) {
    int start = out.writerIndex();
    out.writeIntLE(0);
    out.writeShortLE(type);
    out.writeShortLE(flags);
    out.writeIntLE(sequence);
    out.writeIntLE(0);
    return start;
  }

  private static void writeAttribute(ByteBuf out, int type, byte[] value) {
    int length = NetlinkMessage.ATTRIBUTE_HEADER_BYTES + value.length;
    out.writeShortLE(length);
    out.writeShortLE(type);
    out.writeBytes(value);
    out.writeZero(NetlinkMessage.align(length) - length);
  }

  private static void finish(ByteBuf out, int start) {
    out.setIntLE(start, out.writerIndex() - start);
  }
}
