package io.quicmesh.tap.link;

/**
 * The frame of every rtnetlink message and attribute (rtnetlink(7), linux/netlink.h). Numbers are
 * in the host's byte order, which is little-endian on every supported platform.
 */
final class NetlinkMessage {
  static final int HEADER_BYTES = 16;
  static final int TYPE_OFFSET = 4;
  static final int FLAGS_OFFSET = 6;
  static final int SEQUENCE_OFFSET = 8;
  static final int ATTRIBUTE_HEADER_BYTES = 4;

  static final int TYPE_ERROR = 2;
  static final int TYPE_DONE = 3;

  static final int FLAG_REQUEST = 0x001;
  static final int FLAG_MULTIPART = 0x002;
  static final int FLAG_ACK = 0x004;
  static final int FLAG_DUMP_INTERRUPTED = 0x010;
  static final int FLAG_DUMP = 0x300;
  static final int FLAG_REPLACE = 0x100;
  static final int FLAG_CREATE = 0x400;

  static final int AF_INET = 2;
  static final int AF_INET6 = 10;

  private NetlinkMessage() {}

  /** Messages and attributes begin at multiples of four bytes. */
  static int align(int bytes) {
    return (bytes + 3) & ~3;
  }
}
