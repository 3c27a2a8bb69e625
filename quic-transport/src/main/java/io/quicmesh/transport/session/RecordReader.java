package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.quicmesh.transport.wire.WireException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream's bytes into units: first a header of fixed length, then records. A unit that lies
 * in one chunk is given out in place; only one that spans chunks is copied together. Owned by the
 * event loop.
 */
final class RecordReader {

  private final ByteBufAllocator allocator;
  private final ArrayDeque<ByteBuf> chunks = new ArrayDeque<>();
  private long availableBytes;
  private @Nullable ByteBuf joined;

  RecordReader(ByteBufAllocator allocator) {
    this.allocator = allocator;
  }

  /** Adds a chunk and takes over its reference. */
  void add(ByteBuf chunk) {
    if (!chunk.isReadable()) {
      chunk.release();
      return;
    }
    availableBytes += chunk.readableBytes();
    chunks.add(chunk);
  }

  /** Bytes that were added and not taken yet. */
  long availableBytes() {
    return availableBytes;
  }

  /**
   * The header of the next record.
   *
   * @return -1 unless the whole record is there
   * @throws WireException if the record is longer than any may be
   */
  int peekRecord() throws WireException {
    if (availableBytes < RecordType.HEADER_BYTES) {
      return -1;
    }
    int header = peekInt();
    int payloadBytes = RecordType.payloadBytes(header);
    if (payloadBytes > RecordType.PAYLOAD_BYTES_MAX) {
      throw new WireException("record of " + payloadBytes + " bytes");
    }
    return availableBytes >= RecordType.HEADER_BYTES + payloadBytes ? header : -1;
  }

  /**
   * Takes the next bytes, which must be there. The result is valid, and owned by the reader, until
   * the next call of any method; its readable bytes are what was asked for.
   */
  ByteBuf take(int bytes) {
    releaseJoined();
    dropEmptyFirst();
    if (bytes == 0) {
      return Unpooled.EMPTY_BUFFER;
    }
    availableBytes -= bytes;
    ByteBuf first = chunks.element();
    if (first.readableBytes() >= bytes) {
      return first.readSlice(bytes);
    }
    ByteBuf whole = allocator.directBuffer(bytes);
    joined = whole;
    while (whole.readableBytes() < bytes) {
      dropEmptyFirst();
      ByteBuf chunk = chunks.element();
      whole.writeBytes(chunk, Math.min(chunk.readableBytes(), bytes - whole.readableBytes()));
    }
    return whole;
  }

  /** Drops bytes that must be there. */
  void skip(int bytes) {
    availableBytes -= bytes;
    int left = bytes;
    while (left > 0) {
      dropEmptyFirst();
      ByteBuf chunk = chunks.element();
      int step = Math.min(left, chunk.readableBytes());
      chunk.skipBytes(step);
      left -= step;
    }
  }

  /** Gives back what was read; to be called after a batch, so that no chunk is held for nothing. */
  void trim() {
    releaseJoined();
    dropEmptyFirst();
  }

  void release() {
    releaseJoined();
    chunks.forEach(ByteBuf::release);
    chunks.clear();
    availableBytes = 0;
  }

  private int peekInt() {
    int value = 0;
    int left = Integer.BYTES;
    for (ByteBuf chunk : chunks) {
      int index = chunk.readerIndex();
      while (left > 0 && index < chunk.writerIndex()) {
        value = value << 8 | chunk.getUnsignedByte(index++);
        left--;
      }
      if (left == 0) {
        break;
      }
    }
    return value;
  }

  private void dropEmptyFirst() {
    ByteBuf first = chunks.peek();
    while (first != null && !first.isReadable()) {
      chunks.remove().release();
      first = chunks.peek();
    }
  }

  private void releaseJoined() {
    if (joined != null) {
      joined.release();
      joined = null;
    }
  }
}
