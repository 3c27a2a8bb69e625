package io.quicmesh.tap.link;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Reads links and addresses from the bodies of rtnetlink messages (rtnetlink(7)). */
final class LinkParser {
  private static final int LINK_BODY_BYTES = 16;
  private static final int LINK_INDEX_OFFSET = 4;
  private static final int LINK_FLAGS_OFFSET = 8;
  private static final int IFF_UP = 0x1;
  private static final int IFF_LOOPBACK = 0x8;
  private static final int IFF_LOWER_UP = 0x10000;
  private static final int IFLA_IFNAME = 3;
  private static final int IFLA_MTU = 4;
  private static final int IFLA_MASTER = 10;
  private static final int IFLA_LINKINFO = 18;
  private static final int IFLA_INFO_KIND = 1;

  private static final int ADDRESS_BODY_BYTES = 8;
  private static final int ADDRESS_FLAGS_OFFSET = 2;
  private static final int ADDRESS_INDEX_OFFSET = 4;
  private static final int IFA_ADDRESS = 1;
  private static final int IFA_LOCAL = 2;
  private static final int IFA_FLAGS = 8;
  private static final int IFA_F_TEMPORARY = 0x01;
  private static final int IFA_F_OPTIMISTIC = 0x04;
  private static final int IFA_F_DADFAILED = 0x08;
  private static final int IFA_F_DEPRECATED = 0x20;
  private static final int IFA_F_TENTATIVE = 0x40;

  private LinkParser() {}

  /** The link in a message body, null if it is cut. */
  static @Nullable Link link(ByteBuf buf, int offset, int end) {
    if (end - offset < LINK_BODY_BYTES) {
      return null;
    }
    int flags = buf.getIntLE(offset + LINK_FLAGS_OFFSET);
    String name = "";
    String kernelKind = "";
    int mtuBytes = 0;
    int masterIndex = 0;
    NetlinkAttributes attributes = new NetlinkAttributes(buf, offset + LINK_BODY_BYTES, end);
    while (attributes.next()) {
      switch (attributes.type()) {
        case IFLA_IFNAME -> name = attributes.text();
        case IFLA_MTU -> mtuBytes = (int) attributes.unsignedInt();
        case IFLA_MASTER -> masterIndex = (int) attributes.unsignedInt();
        case IFLA_LINKINFO -> kernelKind = kernelKind(attributes.nested());
        default -> {}
      }
    }
    return new Link(
        buf.getIntLE(offset + LINK_INDEX_OFFSET),
        name,
        LinkKind.of(name, kernelKind, (flags & IFF_LOOPBACK) != 0),
        (flags & IFF_UP) != 0,
        (flags & IFF_LOWER_UP) != 0,
        mtuBytes,
        masterIndex);
  }

  /** The address in a message body, null if it is cut or of another family than IP. */
  static @Nullable LinkAddress address(ByteBuf buf, int offset, int end) {
    if (end - offset < ADDRESS_BODY_BYTES) {
      return null;
    }
    int family = buf.getUnsignedByte(offset);
    int lengthBits = buf.getUnsignedByte(offset + 1);
    long flags = buf.getUnsignedByte(offset + ADDRESS_FLAGS_OFFSET);
    byte[] address = null;
    boolean local = false;
    NetlinkAttributes attributes = new NetlinkAttributes(buf, offset + ADDRESS_BODY_BYTES, end);
    while (attributes.next()) {
      switch (attributes.type()) {
        case IFA_LOCAL -> {
          address = attributes.address(family, 0);
          local = true;
        }
        case IFA_ADDRESS -> address = local ? address : attributes.address(family, 0);
        case IFA_FLAGS -> flags = attributes.unsignedInt();
        default -> {}
      }
    }
    if (!isIp(family) || address == null || lengthBits > address.length * Byte.SIZE) {
      return null;
    }
    boolean ipv6 = family == NetlinkMessage.AF_INET6;
    boolean tentative = (flags & (IFA_F_TENTATIVE | IFA_F_OPTIMISTIC)) == IFA_F_TENTATIVE;
    return new LinkAddress(
        buf.getIntLE(offset + ADDRESS_INDEX_OFFSET),
        new IpPrefix(IpPrefix.address(address), lengthBits),
        !tentative && (flags & IFA_F_DADFAILED) == 0,
        (flags & IFA_F_DEPRECATED) != 0,
        ipv6 && (flags & IFA_F_TEMPORARY) != 0);
  }

  static boolean isIp(int family) {
    return family == NetlinkMessage.AF_INET || family == NetlinkMessage.AF_INET6;
  }

  private static String kernelKind(NetlinkAttributes info) {
    String kind = "";
    while (info.next()) {
      if (info.type() == IFLA_INFO_KIND) {
        kind = info.text();
      }
    }
    return kind;
  }
}
