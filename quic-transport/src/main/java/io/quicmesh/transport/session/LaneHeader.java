package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.quicmesh.transport.wire.WireException;

/**
 * The first bytes of every stream of a carrier: {@code kind u8 | lane u8 | 0 u16 | epoch u32 |
 * start u64}.
 *
 * @param kind one of {@link #SET_UP} and {@link #LANE}
 * @param lane index of the lane; 0 is the control lane; 0 on a set-up stream
 * @param epoch the attempt that attached the lanes to this carrier; 0 on a set-up stream
 * @param start number of the first numbered record on this stream
 */
record LaneHeader(int kind, int lane, int epoch, long start) {

  static final int BYTES = 16;
  static final int SET_UP = 1;
  static final int LANE = 2;

  /** Lanes of one direction, the control lane included. */
  static final int LANES_MAX = 17;

  static LaneHeader setUp() {
    return new LaneHeader(SET_UP, 0, 0, 0);
  }

  static LaneHeader lane(int lane, int epoch, long start) {
    return new LaneHeader(LANE, lane, epoch, start);
  }

  void write(ByteBuf out) {
    out.writeByte(kind).writeByte(lane).writeShort(0).writeInt(epoch).writeLong(start);
  }

  /** Reads a header of which all bytes are there. */
  static LaneHeader read(ByteBuf in) throws WireException {
    int kind = in.readUnsignedByte();
    int lane = in.readUnsignedByte();
    in.skipBytes(2);
    LaneHeader header = new LaneHeader(kind, lane, in.readInt(), in.readLong());
    if (kind != SET_UP && kind != LANE) {
      throw new WireException("unknown kind of carrier stream");
    }
    if (lane >= LANES_MAX || header.start < 0) {
      throw new WireException("lane header out of range");
    }
    return header;
  }
}
