package io.quicmesh.tap.link;

import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads routes from the bodies of rtnetlink messages (rtnetlink(7)). */
final class RouteParser {
  private static final int BODY_BYTES = 12;
  private static final int DESTINATION_BITS_OFFSET = 1;
  private static final int TABLE_OFFSET = 4;
  private static final int TYPE_OFFSET = 7;
  private static final int FLAGS_OFFSET = 8;

  private static final int RTN_UNICAST = 1;
  private static final int RT_TABLE_LOCAL = 255;
  private static final int RTM_F_CLONED = 0x200;

  private static final int RTA_DST = 1;
  private static final int RTA_OIF = 4;
  private static final int RTA_GATEWAY = 5;
  private static final int RTA_PRIORITY = 6;
  private static final int RTA_MULTIPATH = 9;
  private static final int RTA_TABLE = 15;
  private static final int RTA_VIA = 18;

  private static final int HOP_BYTES = 8;
  private static final int HOP_INDEX_OFFSET = 4;

  private final ByteBuf buf;
  private final int family;
  private IpPrefix destination;
  private long metric;
  private long table;

  private RouteParser(ByteBuf buf, int family, IpPrefix destination) {
    this.buf = buf;
    this.family = family;
    this.destination = destination;
  }

  /** Hands over the routes in a message body: none if it is cut or leads nowhere. */
  static void parse(ByteBuf buf, int offset, int end, Consumer<Route> routes) {
    if (end - offset < BODY_BYTES || !LinkParser.isIp(buf.getUnsignedByte(offset))) {
      return;
    }
    boolean leadsAway =
        buf.getUnsignedByte(offset + TYPE_OFFSET) == RTN_UNICAST
            && (buf.getIntLE(offset + FLAGS_OFFSET) & RTM_F_CLONED) == 0;
    if (!leadsAway) {
      return;
    }
    int family = buf.getUnsignedByte(offset);
    byte[] anywhere = new byte[family == NetlinkMessage.AF_INET6 ? 16 : 4];
    new RouteParser(buf, family, new IpPrefix(IpPrefix.address(anywhere), 0))
        .parseBody(offset, end, routes);
  }

  private void parseBody(int offset, int end, Consumer<Route> routes) {
    int lengthBits = buf.getUnsignedByte(offset + DESTINATION_BITS_OFFSET);
    table = buf.getUnsignedByte(offset + TABLE_OFFSET);
    int linkIndex = 0;
    InetAddress gateway = null;
    NetlinkAttributes hops = null;
    NetlinkAttributes attributes = new NetlinkAttributes(buf, offset + BODY_BYTES, end);
    while (attributes.next()) {
      switch (attributes.type()) {
        case RTA_DST -> readDestination(attributes, lengthBits);
        case RTA_OIF -> linkIndex = (int) attributes.unsignedInt();
        case RTA_GATEWAY, RTA_VIA -> gateway = gateway(attributes);
        case RTA_PRIORITY -> metric = attributes.unsignedInt();
        case RTA_TABLE -> table = attributes.unsignedInt();
        case RTA_MULTIPATH -> hops = attributes.nested();
        default -> {}
      }
    }
    if (table == RT_TABLE_LOCAL || destination.lengthBits() != lengthBits) {
      return;
    }
    if (linkIndex != 0) {
      routes.accept(new Route(destination, linkIndex, gateway, metric, table));
    }
    if (hops != null) {
      parseHops(hops.begin(), hops.end(), routes);
    }
  }

  private void parseHops(int begin, int end, Consumer<Route> routes) {
    int at = begin;
    while (end - at >= HOP_BYTES) {
      int length = buf.getUnsignedShortLE(at);
      if (length < HOP_BYTES || length > end - at) {
        return;
      }
      InetAddress gateway = null;
      NetlinkAttributes attributes = new NetlinkAttributes(buf, at + HOP_BYTES, at + length);
      while (attributes.next()) {
        if (attributes.type() == RTA_GATEWAY || attributes.type() == RTA_VIA) {
          gateway = gateway(attributes);
        }
      }
      int linkIndex = buf.getIntLE(at + HOP_INDEX_OFFSET);
      routes.accept(new Route(destination, linkIndex, gateway, metric, table));
      at += NetlinkMessage.align(length);
    }
  }

  private void readDestination(NetlinkAttributes attribute, int lengthBits) {
    byte[] address = attribute.address(family, 0);
    if (address != null && lengthBits <= address.length * Byte.SIZE) {
      destination = new IpPrefix(IpPrefix.address(address), lengthBits);
    }
  }

  /** RTA_VIA names the family of the gateway, which may be another one than the route's. */
  private @Nullable InetAddress gateway(NetlinkAttributes attribute) {
    boolean via = attribute.type() == RTA_VIA;
    byte[] address =
        via ? attribute.address(attribute.family(), Short.BYTES) : attribute.address(family, 0);
    return address == null ? null : IpPrefix.address(address);
  }
}
