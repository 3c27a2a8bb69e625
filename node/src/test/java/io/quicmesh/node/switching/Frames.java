package io.quicmesh.node.switching;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Ethernet frames of which only the header matters. */
final class Frames {

  static final long BROADCAST = 0xffff_ffff_ffffL;

  private Frames() {}

  static ByteBuf untagged(long destination, long source) {
    return addresses(destination, source).writeShort(0x0800).writeZero(46);
  }

  static ByteBuf tagged(long destination, long source, int vlan) {
    return addresses(destination, source)
        .writeShort(0x8100)
        .writeShort(vlan)
        .writeShort(0x0800)
        .writeZero(46);
  }

  private static ByteBuf addresses(long destination, long source) {
    return Unpooled.buffer()
        .writeShort((int) (destination >> 32))
        .writeInt((int) destination)
        .writeShort((int) (source >> 32))
        .writeInt((int) source);
  }
}
