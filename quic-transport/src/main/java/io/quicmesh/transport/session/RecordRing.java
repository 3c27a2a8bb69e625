package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A queue of records that grows by doubling and allocates nothing while it stays at its size. Each
 * record is a range of a buffer, of which the ring holds one reference. Owned by the event loop.
 */
final class RecordRing {

  private static final int CAPACITY_START = 64;

  private @Nullable ByteBuf[] buffers = new ByteBuf[CAPACITY_START];
  private int[] offsets = new int[CAPACITY_START];
  private int[] lengths = new int[CAPACITY_START];
  private long[] stampsNanos = new long[CAPACITY_START];
  private long[] deliveredBytes = new long[CAPACITY_START];
  private int head;
  private int size;
  private long bytes;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Bytes of all records, their headers included. */
  long bytes() {
    return bytes;
  }

  /** Appends a record and takes over one reference of its buffer. */
  void add(ByteBuf buffer, int offset, int length, long stampNanos, long delivered) {
    if (size == lengths.length) {
      grow();
    }
    int slot = slot(size);
    buffers[slot] = buffer;
    offsets[slot] = offset;
    lengths[slot] = length;
    stampsNanos[slot] = stampNanos;
    deliveredBytes[slot] = delivered;
    size++;
    bytes += length;
  }

  ByteBuf buffer(int index) {
    ByteBuf buffer = buffers[slot(index)];
    assert buffer != null;
    return buffer;
  }

  int offset(int index) {
    return offsets[slot(index)];
  }

  int length(int index) {
    return lengths[slot(index)];
  }

  long stampNanos(int index) {
    return stampsNanos[slot(index)];
  }

  long deliveredBytes(int index) {
    return deliveredBytes[slot(index)];
  }

  /** Moves the first record to the end of another ring. */
  void moveFirstTo(RecordRing other, long stampNanos, long delivered) {
    int slot = head;
    other.add(buffer(0), offsets[slot], lengths[slot], stampNanos, delivered);
    unlinkFirst();
  }

  /** Notes that the records from an index on are sent now. */
  void restamp(int from, long nowNanos, long delivered) {
    for (int i = from; i < size; i++) {
      stampsNanos[slot(i)] = nowNanos;
      deliveredBytes[slot(i)] = delivered;
    }
  }

  void releaseFirst() {
    buffer(0).release();
    unlinkFirst();
  }

  void releaseAll() {
    while (size > 0) {
      releaseFirst();
    }
  }

  private void unlinkFirst() {
    buffers[head] = null;
    bytes -= lengths[head];
    head = (head + 1) & (lengths.length - 1);
    size--;
  }

  private int slot(int index) {
    return (head + index) & (lengths.length - 1);
  }

  private void grow() {
    int old = lengths.length;
    buffers = Arrays.copyOf(buffers, old * 2);
    offsets = Arrays.copyOf(offsets, old * 2);
    lengths = Arrays.copyOf(lengths, old * 2);
    stampsNanos = Arrays.copyOf(stampsNanos, old * 2);
    deliveredBytes = Arrays.copyOf(deliveredBytes, old * 2);
    for (int i = 0; i < head; i++) {
      buffers[old + i] = buffers[i];
      buffers[i] = null;
      offsets[old + i] = offsets[i];
      lengths[old + i] = lengths[i];
      stampsNanos[old + i] = stampsNanos[i];
      deliveredBytes[old + i] = deliveredBytes[i];
    }
  }
}
