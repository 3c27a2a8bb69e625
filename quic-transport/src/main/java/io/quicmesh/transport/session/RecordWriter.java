package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Puts records of one lane into the bytes that go on its stream: as they are, without a copy, or
 * sealed. Owned by the event loop.
 */
final class RecordWriter {

  /** Room for a tag and a counter. */
  private static final int SEAL_BYTES_MAX = RecordCipher.TAG_BYTES + RecordCipher.COUNTER_BYTES;

  private final int lane;
  private final ByteBufAllocator allocator;
  private final RecordRing flight;

  /** A writer of the records of this ring. */
  RecordWriter(int lane, ByteBufAllocator allocator, RecordRing flight) {
    this.lane = lane;
    this.allocator = allocator;
    this.flight = flight;
  }

  ByteBuf header(int epoch, long start) {
    ByteBuf header = allocator.buffer(LaneHeader.BYTES);
    LaneHeader.lane(lane, epoch, start).write(header);
    return header;
  }

  /** The record that ends a stream in order. */
  ByteBuf cut(@Nullable RecordCipher sealer, long number) {
    ByteBuf payload = allocator.buffer(Long.BYTES).writeLong(number);
    ByteBuf record = unnumbered(sealer, RecordType.CUT, payload);
    payload.release();
    return record;
  }

  ByteBuf unnumbered(@Nullable RecordCipher sealer, int type, ByteBuf payload) {
    int length = payload.readableBytes();
    ByteBuf out = allocator.directBuffer(RecordType.HEADER_BYTES + length + SEAL_BYTES_MAX);
    if (sealer == null) {
      out.writeInt(RecordType.header(length, type));
      out.writeBytes(payload, payload.readerIndex(), length);
    } else {
      sealer.seal(type, lane, 0, payload, payload.readerIndex(), length, out);
    }
    return out;
  }

  /**
   * Records of the ring, from one index up to and without another.
   *
   * @param base number of the ring's first record
   */
  ByteBuf records(@Nullable RecordCipher sealer, int from, int to, long base) {
    return sealer == null ? gather(from, to) : seal(sealer, from, to, base);
  }

  private ByteBuf gather(int from, int to) {
    ByteBuf first = run(from, to);
    int next = runEnd(from, to);
    if (next == to) {
      return first;
    }
    CompositeByteBuf all = allocator.compositeDirectBuffer(Math.max(16, to - from));
    all.addComponent(true, first);
    while (next < to) {
      all.addComponent(true, run(next, to));
      next = runEnd(next, to);
    }
    return all;
  }

  /** Where the run of records ends that lie one behind the other in one and the same buffer. */
  @SuppressWarnings("ReferenceEquality")
  private int runEnd(int from, int to) {
    int i = from + 1;
    ByteBuf buffer = flight.buffer(from);
    while (i < to
        && flight.buffer(i) == buffer
        && flight.offset(i) == flight.offset(i - 1) + flight.length(i - 1)) {
      i++;
    }
    return i;
  }

  private ByteBuf run(int from, int to) {
    int last = runEnd(from, to) - 1;
    int start = flight.offset(from);
    return flight
        .buffer(from)
        .retainedSlice(start, flight.offset(last) + flight.length(last) - start);
  }

  private ByteBuf seal(RecordCipher sealer, int from, int to, long base) {
    int bytes = 0;
    for (int i = from; i < to; i++) {
      bytes += flight.length(i) + RecordCipher.TAG_BYTES;
    }
    ByteBuf out = allocator.directBuffer(bytes);
    for (int i = from; i < to; i++) {
      ByteBuf buffer = flight.buffer(i);
      int start = flight.offset(i);
      sealer.seal(
          RecordType.type(buffer.getInt(start)),
          lane,
          base + i,
          buffer,
          start + RecordType.HEADER_BYTES,
          flight.length(i) - RecordType.HEADER_BYTES,
          out);
    }
    return out;
  }
}
