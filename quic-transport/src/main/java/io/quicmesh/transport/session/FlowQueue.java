package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Records of the flows of one hash that wait for their first sending, in the order in which they
 * came. Owned by the event loop.
 *
 * <p>Large records stay in the buffer that they came in; small ones are copied together, so that a
 * run of them is one range and a slow peer pins no foreign memory.
 */
final class FlowQueue {

  private static final int COPY_BYTES_MAX = 8 * 1024;
  private static final int CHUNK_BYTES = 16 * 1024;

  private final int lane;
  private final ByteBufAllocator allocator;
  private final RecordRing staged = new RecordRing();
  private @Nullable ByteBuf chunk;
  private boolean queued;
  private boolean sparse;
  private long creditBytes;

  /** A queue whose records go to this lane. */
  FlowQueue(int lane, ByteBufAllocator allocator) {
    this.lane = lane;
    this.allocator = allocator;
  }

  int lane() {
    return lane;
  }

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
      releaseChunk();
      int capacity = Math.max(CHUNK_BYTES, bytes);
      current = allocator.directBuffer(capacity, capacity);
      chunk = current;
    }
    return current;
  }

  boolean isEmpty() {
    return staged.isEmpty();
  }

  long bytes() {
    return staged.bytes();
  }

  /** Bytes of the record that is next. */
  int nextBytes() {
    return staged.length(0);
  }

  /** Moves the next record to the end of what is in flight. */
  void moveNextTo(RecordRing flight, long nowNanos, long deliveredBytes) {
    staged.moveFirstTo(flight, nowNanos, deliveredBytes);
  }

  /** Drops records that are older than this moment; returns how many. */
  int dropBefore(long nanos) {
    int dropped = 0;
    while (!staged.isEmpty() && staged.stampNanos(0) - nanos < 0) {
      staged.releaseFirst();
      dropped++;
    }
    return dropped;
  }

  void release() {
    staged.releaseAll();
    releaseChunk();
  }

  private void releaseChunk() {
    if (chunk != null) {
      chunk.release();
      chunk = null;
    }
  }

  // For the scheduler.

  /** Whether it stands in one of the scheduler's rows. */
  boolean isQueued() {
    return queued;
  }

  /** Joins the row of those that just began, with so many bytes to its credit. */
  void join(long credit) {
    queued = true;
    sparse = true;
    creditBytes = credit;
  }

  /** Whether it has not had a whole turn since it joined. */
  boolean isSparse() {
    return sparse;
  }

  /** It goes to the row of those that take turns. */
  void handleTurnOver() {
    sparse = false;
  }

  /** Leaves the rows; its working memory is given back. */
  void leave() {
    queued = false;
    releaseChunk();
  }

  long creditBytes() {
    return creditBytes;
  }

  /** Adds to the credit; negative for what was sent. */
  void addCredit(long bytes) {
    creditBytes += bytes;
  }
}
