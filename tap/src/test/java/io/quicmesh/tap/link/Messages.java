package io.quicmesh.tap.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Builds rtnetlink messages for tests, as the kernel would send them. */
final class Messages {
  static final int UP = 0x1;
  static final int LOWER_UP = 0x10000;
  static final int TENTATIVE = 0x40;

  private final ByteBuf buf = Unpooled.buffer();
  private final int flags;
  private final int sequence;

  private Messages(int flags, int sequence) {
    this.flags = flags;
    this.sequence = sequence;
  }

  /** Parts of an answer to the request of this number. */
  static Messages answer(int sequence) {
    return new Messages(NetlinkMessage.FLAG_MULTIPART, sequence);
  }

  static Messages interruptedAnswer(int sequence) {
    int flags = NetlinkMessage.FLAG_MULTIPART | NetlinkMessage.FLAG_DUMP_INTERRUPTED;
    return new Messages(flags, sequence);
  }

  static Messages notification() {
    return new Messages(0, 0);
  }

  Messages link(int index, String name, int linkFlags) {
    return link(index, name, linkFlags, "");
  }

  Messages link(int index, String name, int linkFlags, String kernelKind) {
    int start = begin(16);
    buf.writeByte(0).writeByte(0).writeShortLE(1);
    buf.writeIntLE(index).writeIntLE(linkFlags).writeIntLE(0);
    attribute(3, (name + "\0").getBytes(StandardCharsets.UTF_8));
    attribute(4, new byte[] {(byte) 0xdc, 5, 0, 0});
    if (!kernelKind.isEmpty()) {
      byte[] kind = (kernelKind + "\0").getBytes(StandardCharsets.UTF_8);
      ByteBuf nested = Unpooled.buffer();
      nested.writeShortLE(4 + kind.length).writeShortLE(1).writeBytes(kind);
      byte[] bytes = new byte[nested.readableBytes()];
      nested.readBytes(bytes);
      attribute(18 | 0x8000, bytes);
    }
    return end(start);
  }

  Messages address(int linkIndex, String prefix, int addressFlags) {
    IpPrefix parsed = IpPrefix.parse(prefix);
    int start = begin(20);
    buf.writeByte(family(parsed)).writeByte(parsed.lengthBits()).writeByte(0).writeByte(0);
    buf.writeIntLE(linkIndex);
    attribute(1, parsed.address().getAddress());
    attribute(8, new byte[] {(byte) addressFlags, 0, 0, 0});
    return end(start);
  }

  Messages route(String destination, int linkIndex, String gateway, int metric) {
    return route(destination, linkIndex, gateway, metric, 254, 1);
  }

  Messages route(
      String destination, int linkIndex, String gateway, int metric, int table, int type) {
    IpPrefix parsed = IpPrefix.parse(destination);
    int start = begin(24);
    buf.writeByte(family(parsed)).writeByte(parsed.lengthBits()).writeByte(0).writeByte(0);
    buf.writeByte(table).writeByte(3).writeByte(0).writeByte(type).writeIntLE(0);
    if (parsed.lengthBits() > 0) {
      attribute(1, parsed.address().getAddress());
    }
    attribute(4, new byte[] {(byte) linkIndex, 0, 0, 0});
    attribute(5, IpPrefix.parse(gateway).address().getAddress());
    attribute(6, new byte[] {(byte) metric, 0, 0, 0});
    return end(start);
  }

  /** A default route with two next hops. */
  Messages multipath(int firstIndex, int secondIndex) {
    int start = begin(24);
    buf.writeByte(2).writeInt(0).writeByte(3).writeByte(0).writeByte(1).writeIntLE(0);
    buf.setByte(start + 16 + 4, 254);
    ByteBuf hops = Unpooled.buffer();
    for (int index : new int[] {firstIndex, secondIndex}) {
      hops.writeShortLE(16).writeShort(0).writeIntLE(index);
      hops.writeShortLE(8).writeShortLE(5).writeInt(0x0a00_0001 + index);
    }
    byte[] bytes = new byte[hops.readableBytes()];
    hops.readBytes(bytes);
    attribute(9, bytes);
    return end(start);
  }

  Messages done() {
    int start = begin(3);
    buf.writeIntLE(0);
    return end(start);
  }

  Messages error(int errno) {
    int start = begin(2);
    buf.writeIntLE(-errno);
    return end(start);
  }

  ByteBuf buf() {
    return buf;
  }

  private static int family(IpPrefix prefix) {
    return prefix.isIpv6() ? 10 : 2;
  }

  private int begin(int type) {
    int start = buf.writerIndex();
    buf.writeIntLE(0).writeShortLE(type).writeShortLE(flags).writeIntLE(sequence).writeIntLE(0);
    return start;
  }

  private void attribute(int type, byte[] value) {
    buf.writeShortLE(4 + value.length).writeShortLE(type).writeBytes(value);
    buf.writeZero(-value.length & 3);
  }

  private Messages end(int start) {
    buf.setIntLE(start, buf.writerIndex() - start);
    return this;
  }
}
