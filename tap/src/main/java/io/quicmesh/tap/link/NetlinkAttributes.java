package io.quicmesh.tap.link;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A walk over the attributes of a netlink message: {@link #next} until it says false. What does not
 * fit ends the walk.
 */
final class NetlinkAttributes {
  private static final int TYPE_MASK = 0x3fff;
  private static final int IPV4_BYTES = 4;
  private static final int IPV6_BYTES = 16;

  private final ByteBuf buf;
  private final int end;
  private int next;
  private int offset;
  private int lengthBytes;
  private int type;

  NetlinkAttributes(ByteBuf buf, int begin, int end) {
    this.buf = buf;
    this.end = end;
    this.next = begin;
  }

  boolean next() {
    int header = NetlinkMessage.ATTRIBUTE_HEADER_BYTES;
    if (end - next < header) {
      return false;
    }
    int whole = buf.getUnsignedShortLE(next);
    if (whole < header || whole > end - next) {
      return false;
    }
    type = buf.getUnsignedShortLE(next + Short.BYTES) & TYPE_MASK;
    offset = next + header;
    lengthBytes = whole - header;
    next += NetlinkMessage.align(whole);
    return true;
  }

  int type() {
    return type;
  }

  /** The attributes inside this one. */
  NetlinkAttributes nested() {
    return new NetlinkAttributes(buf, offset, offset + lengthBytes);
  }

  int begin() {
    return next;
  }

  int end() {
    return end;
  }

  /** The number, 0 if it is cut. */
  long unsignedInt() {
    return lengthBytes < Integer.BYTES ? 0 : buf.getUnsignedIntLE(offset);
  }

  /** The text up to its closing zero. */
  String text() {
    int length = lengthBytes;
    while (length > 0 && buf.getByte(offset + length - 1) == 0) {
      length--;
    }
    return buf.toString(offset, length, StandardCharsets.UTF_8);
  }

  /** The bytes of an IP address of the family; null if they are too few. */
  byte @Nullable [] address(int family, int skippedBytes) {
    int length = family == NetlinkMessage.AF_INET6 ? IPV6_BYTES : IPV4_BYTES;
    if (lengthBytes < skippedBytes + length) {
      return null;
    }
    byte[] address = new byte[length];
    buf.getBytes(offset + skippedBytes, address);
    return address;
  }

  /** The family that stands before an address. */
  int family() {
    return lengthBytes < Short.BYTES ? 0 : buf.getUnsignedShortLE(offset);
  }
}
