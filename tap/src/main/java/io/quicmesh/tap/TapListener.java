package io.quicmesh.tap;

import io.netty.buffer.ByteBuf;

/** Takes the frames that the host sends into its TAP device. Called on the device's event loop. */
public interface TapListener {
  /**
   * One frame. Before {@code offset} the configured headroom may be overwritten; behind the frame
   * comes the next frame's headroom, so that a run of frames is one stretch of memory.
   *
   * @param batch the buffer of the batch; valid until {@link #batchComplete} unless retained
   * @param offset where the virtio-net header begins, with the Ethernet frame right behind it
   * @param lengthBytes the length of both
   */
  void frame(ByteBuf batch, int offset, int lengthBytes);

  /** The batch is over: what was collected can be sent now. */
  void batchComplete();

  /** The interface is gone although the device was not closed: no frame will come any more. */
  void vanished(TapException cause);
}
