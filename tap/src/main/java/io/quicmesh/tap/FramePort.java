package io.quicmesh.tap;

import io.netty.buffer.ByteBuf;

/** Where frames go into the host, and what holds those back that come; see {@link TapDevice}. */
public interface FramePort {

  /** Reads nothing until {@link #resumeReading}; the kernel queues, and then drops, meanwhile. */
  void pauseReading();

  /** Goes on reading. */
  void resumeReading();

  /** Whether reading is paused. */
  boolean isReadingPaused();

  /**
   * Hands a frame to the host. The virtio-net header is checked and masked in place; what this
   * device's kernel side lacks is done in software. The buffer stays the caller's.
   *
   * @param buf contiguous direct memory
   * @param offset where the virtio-net header begins
   * @param lengthBytes the length of header and frame
   * @return whether the kernel took all of it; if not, it is counted by reason
   */
  boolean write(ByteBuf buf, int offset, int lengthBytes);
}
