package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.quicmesh.transport.stream.SendStream;
import org.jspecify.annotations.Nullable;

/**
 * The sending end of a lane. A record is first staged; it gets its number when it is sent and is
 * then kept until the peer acknowledges it, so that it can be sent again on another carrier. Owned
 * by the event loop.
 *
 * <p>Large records stay in the buffer that they came in; small ones are copied together, so that a
 * run of them is one range and a slow peer pins no foreign memory.
 */
final class SendLane {

  private static final int COPY_BYTES_MAX = 8 * 1024;
  private static final int CHUNK_BYTES = 64 * 1024;

  private final int index;
  private final ByteBufAllocator allocator;
  private final RecordRing staged = new RecordRing();
  private final RecordRing flight = new RecordRing();
  private long base;
  private long attachedFrom;
  private long repairedFrom;
  private @Nullable SendStream stream;
  private @Nullable Attachment attachment;
  private @Nullable ByteBuf chunk;
  private long resentFrames;

  SendLane(int index, ByteBufAllocator allocator) {
    this.index = index;
    this.allocator = allocator;
  }

  int index() {
    return index;
  }

  // Stage.

  /**
   * Stages a record. If its payload is large and {@link RecordType#HEADER_BYTES} bytes before it
   * are free, its header is put there and the buffer is kept; otherwise it is copied.
   */
  void stage(int type, ByteBuf source, int offset, int length, long nowNanos) {
    int header = RecordType.header(length, type);
    int recordBytes = RecordType.HEADER_BYTES + length;
    if (recordBytes > COPY_BYTES_MAX && offset >= RecordType.HEADER_BYTES) {
      int start = offset - RecordType.HEADER_BYTES;
      source.setInt(start, header);
      staged.add(source.retain(), start, recordBytes, nowNanos, 0);
      return;
    }
    ByteBuf target = chunkWithRoom(recordBytes);
    int start = target.writerIndex();
    target.writeInt(header).writeBytes(source, offset, length);
    staged.add(target.retain(), start, recordBytes, nowNanos, 0);
  }

  private ByteBuf chunkWithRoom(int bytes) {
    ByteBuf current = chunk;
    if (current != null && current.refCnt() == 1) {
      current.clear();
    }
    if (current == null || current.writableBytes() < bytes) {
      if (current != null) {
        current.release();
      }
      int capacity = Math.max(CHUNK_BYTES, bytes);
      current = allocator.directBuffer(capacity, capacity);
      chunk = current;
    }
    return current;
  }

  boolean hasStaged() {
    return !staged.isEmpty();
  }

  long stagedBytes() {
    return staged.bytes();
  }

  int stagedRecords() {
    return staged.size();
  }

  /** Drops staged records that are older than this moment; returns how many. */
  int dropStagedBefore(long nanos) {
    int dropped = 0;
    while (!staged.isEmpty() && staged.stampNanos(0) - nanos < 0) {
      staged.releaseFirst();
      dropped++;
    }
    return dropped;
  }

  // Send.

  boolean isAttached() {
    return stream != null;
  }

  boolean isWritable() {
    return stream != null && stream.isWritable();
  }

  /**
   * Sends staged records in one write, as far as the budget goes; one record at least.
   *
   * @return bytes that are in flight now and were not before
   */
  long send(long budgetBytes, long nowNanos, long deliveredBytes) {
    SendStream to = stream;
    if (to == null || staged.isEmpty()) {
      return 0;
    }
    int first = flight.size();
    long before = flight.bytes();
    do {
      staged.moveFirstTo(flight, nowNanos, deliveredBytes);
    } while (!staged.isEmpty() && flight.bytes() - before + staged.length(0) <= budgetBytes);
    to.write(encode(first, flight.size()));
    return flight.bytes() - before;
  }

  /** Sends an unnumbered record at once. */
  void sendUnnumbered(int type, ByteBuf payload) {
    SendStream to = stream;
    if (to == null) {
      return;
    }
    to.write(encodeUnnumbered(type, payload));
  }

  private ByteBuf encodeUnnumbered(int type, ByteBuf payload) {
    RecordCipher sealer = sealer();
    int length = payload.readableBytes();
    ByteBuf out = allocator.directBuffer(RecordType.HEADER_BYTES + length + 24);
    if (sealer == null) {
      out.writeInt(RecordType.header(length, type));
      out.writeBytes(payload, payload.readerIndex(), length);
    } else {
      sealer.seal(type, index, 0, payload, payload.readerIndex(), length, out);
    }
    return out;
  }

  private ByteBuf encode(int from, int to) {
    RecordCipher sealer = sealer();
    return sealer == null ? gather(from, to) : seal(sealer, from, to);
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

  private ByteBuf seal(RecordCipher sealer, int from, int to) {
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
          index,
          base + i,
          buffer,
          start + RecordType.HEADER_BYTES,
          flight.length(i) - RecordType.HEADER_BYTES,
          out);
    }
    return out;
  }

  private @Nullable RecordCipher sealer() {
    return attachment == null ? null : attachment.sealer();
  }

  // Acknowledge.

  /** Number of the next record to be sent for the first time. */
  long nextNumber() {
    return base + flight.size();
  }

  long flightBytes() {
    return flight.bytes();
  }

  /** When the oldest unacknowledged record was sent; {@link Long#MAX_VALUE} if there is none. */
  long oldestSentNanos() {
    return flight.isEmpty() ? Long.MAX_VALUE : flight.stampNanos(0);
  }

  /** When the record before this number was sent last; meaningless if it is not in flight. */
  long sentNanosBefore(long number) {
    long i = number - 1 - base;
    return i >= 0 && i < flight.size() ? flight.stampNanos((int) i) : Long.MIN_VALUE;
  }

  /**
   * Forgets records that the peer has.
   *
   * @param expected the number that the peer awaits
   * @return bytes that were in flight and are not any more
   */
  long acknowledge(long expected, FlightBound bound, long nowNanos) {
    if (expected <= base || expected > nextNumber()) {
      return 0;
    }
    int last = (int) (expected - base) - 1;
    long sentNanos = flight.stampNanos(last);
    long deliveredAtSend = flight.deliveredBytes(last);
    long before = flight.bytes();
    while (base < expected) {
      flight.releaseFirst();
      base++;
    }
    long acked = before - flight.bytes();
    bound.handleAck(acked, sentNanos, deliveredAtSend, nowNanos);
    return acked;
  }

  // Move to another carrier.

  /** Ends the old stream in order: the peer gets every record up to here on it. */
  void cut() {
    SendStream old = stream;
    if (old == null) {
      return;
    }
    ByteBuf number = allocator.buffer(Long.BYTES).writeLong(nextNumber());
    old.write(encodeUnnumbered(RecordType.CUT, number));
    number.release();
    old.finish();
    stream = null;
  }

  /** Leaves the old stream as it is: its carrier is dead or silent. */
  void abandon(int code) {
    if (stream != null) {
      stream.reset(code);
      stream = null;
    }
  }

  boolean isOn(SendStream other) {
    return stream == other;
  }

  /** Notes that the stream is gone. */
  void detach() {
    stream = null;
  }

  /**
   * Goes on at a new stream.
   *
   * @param peerExpects what the peer awaits at least; records from there to {@link #nextNumber} are
   *     sent again. Pass {@code nextNumber()} after a {@link #cut}
   */
  void attach(SendStream to, Attachment on, long peerExpects, long nowNanos) {
    long from = Math.max(base, Math.min(peerExpects, nextNumber()));
    stream = to;
    attachment = on;
    attachedFrom = from;
    repairedFrom = from;
    ByteBuf header = allocator.buffer(LaneHeader.BYTES);
    LaneHeader.lane(index, on.epoch(), from).write(header);
    to.write(header);
    int first = (int) (from - base);
    if (first < flight.size()) {
      resentFrames += flight.size() - first;
      flight.restamp(first, nowNanos);
      to.write(encode(first, flight.size()));
    }
  }

  /**
   * Sends the records before the current attachment again on a stream of their own, which ends with
   * a CUT where the lane's stream began. Does nothing if they were sent already.
   */
  void repair(long from) {
    Attachment on = attachment;
    if (on == null || stream == null || from >= repairedFrom || from < base) {
      return;
    }
    int first = (int) (from - base);
    int end = (int) (repairedFrom - base);
    SendStream extra = on.link().openLaneStream(index);
    ByteBuf header = allocator.buffer(LaneHeader.BYTES);
    LaneHeader.lane(index, on.epoch(), from).write(header);
    extra.write(header);
    resentFrames += end - first;
    extra.write(encode(first, end));
    ByteBuf number = allocator.buffer(Long.BYTES).writeLong(repairedFrom);
    extra.write(encodeUnnumbered(RecordType.CUT, number));
    number.release();
    extra.finish();
    repairedFrom = from;
  }

  long attachedFrom() {
    return attachedFrom;
  }

  /** Records that were sent more than once because their carrier changed. */
  long resentFrames() {
    return resentFrames;
  }

  /**
   * Starts over at number 0: the peer has lost what it knew.
   *
   * @return records that were in flight, which are lost
   */
  int restart() {
    int lost = flight.size();
    flight.releaseAll();
    base = 0;
    stream = null;
    attachment = null;
    return lost;
  }

  void release() {
    flight.releaseAll();
    staged.releaseAll();
    stream = null;
    if (chunk != null) {
      chunk.release();
      chunk = null;
    }
  }
}
