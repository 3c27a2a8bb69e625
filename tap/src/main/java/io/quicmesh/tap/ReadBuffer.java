package io.quicmesh.tap;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.quicmesh.tap.frame.EthernetFrame;
import io.quicmesh.tap.frame.VirtioNetHeader;

/**
 * The memory that frames are read into, one behind the other, with a cursor. What nobody retained
 * is used again from the start; what is still in use elsewhere is left to its holders and replaced.
 * Owned by the device's event loop.
 */
final class ReadBuffer {
  private static final int CAPACITY_BYTES = 256 * 1024;

  private final ByteBufAllocator allocator;

  /**
   * What a read needs: headroom, virtio-net header, the largest frame, and a byte to notice more.
   */
  private final int roomBytes;

  private ByteBuf buffer;
  private int cursor;

  ReadBuffer(ByteBufAllocator allocator, int headroomBytes) {
    this.allocator = allocator;
    roomBytes = headroomBytes + VirtioNetHeader.BYTES + EthernetFrame.SUPERFRAME_BYTES_MAX + 1;
    buffer = allocate();
  }

  ByteBuf buffer() {
    return buffer;
  }

  /** Where the next record's headroom begins. */
  int cursor() {
    return cursor;
  }

  boolean hasRoom() {
    return CAPACITY_BYTES - cursor >= roomBytes;
  }

  /** Where a read must end; one that ends exactly here was cut. */
  int limit() {
    return cursor + roomBytes;
  }

  void advanceTo(int end) {
    cursor = end;
  }

  /** Ends a batch: afterwards there is room for the next one. */
  void recycle() {
    if (buffer.refCnt() == 1) {
      cursor = 0;
    } else if (!hasRoom()) {
      buffer.release();
      buffer = allocate();
      cursor = 0;
    }
  }

  void release() {
    buffer.release();
  }

  private ByteBuf allocate() {
    ByteBuf fresh = allocator.directBuffer(CAPACITY_BYTES, CAPACITY_BYTES);
    return fresh.writerIndex(CAPACITY_BYTES);
  }
}
