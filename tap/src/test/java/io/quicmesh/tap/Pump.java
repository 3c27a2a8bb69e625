package io.quicmesh.tap;

import io.netty.buffer.ByteBuf;

/** Carries every frame of one TAP device to another one: a cable between two hosts. */
final class Pump implements TapListener {
  private final TapDevice to;

  Pump(TapDevice to) {
    this.to = to;
  }

  @Override
  public void frame(ByteBuf batch, int offset, int lengthBytes) {
    to.write(batch, offset, lengthBytes);
  }

  @Override
  public void batchComplete() {}

  @Override
  public void vanished(TapException cause) {
    throw new AssertionError("a device vanished", cause);
  }
}
