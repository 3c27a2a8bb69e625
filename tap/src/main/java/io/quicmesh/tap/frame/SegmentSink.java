package io.quicmesh.tap.frame;

import io.netty.buffer.ByteBuf;

/** Takes the frames that a {@link Segmenter} makes. */
@FunctionalInterface
public interface SegmentSink {
  /**
   * One complete frame behind an empty virtio-net header.
   *
   * @param buf memory of the segmenter; valid during the call only
   * @param offset where the virtio-net header begins
   * @param lengthBytes the length of header and frame
   */
  void segment(ByteBuf buf, int offset, int lengthBytes);
}
