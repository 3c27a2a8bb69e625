package io.quicmesh.relay.core;

import io.netty.buffer.Unpooled;
import io.quicmesh.transport.stream.ReceiveStream;
import java.util.ArrayDeque;

/** The receiving end of a stream in memory: holds what came while it is paused. */
final class FakeReceiveStream implements ReceiveStream {

  private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
  private Listener listener = new Nobody();
  private boolean finWaiting;
  private boolean over;
  boolean paused;
  int stoppedWith = -1;

  @Override
  public void setListener(Listener next) {
    listener = next;
    deliver();
  }

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public void resume() {
    paused = false;
    deliver();
  }

  @Override
  public void stop(int code) {
    over = true;
    stoppedWith = code;
    waiting.clear();
  }

  /** The sender's bytes arrive. */
  void arrive(byte[] bytes) {
    if (!over && !finWaiting) {
      waiting.add(bytes);
      deliver();
    }
  }

  void finish() {
    if (!over) {
      finWaiting = true;
      deliver();
    }
  }

  void fail() {
    if (!over) {
      over = true;
      waiting.clear();
      listener.closed("reset");
    }
  }

  boolean isOver() {
    return over;
  }

  private void deliver() {
    while (!paused && !over && !waiting.isEmpty() && !(listener instanceof Nobody)) {
      listener.read(Unpooled.wrappedBuffer(waiting.remove()));
    }
    if (finWaiting && !paused && !over && waiting.isEmpty() && !(listener instanceof Nobody)) {
      over = true;
      listener.finished();
    }
  }

  private static final class Nobody implements Listener {
    @Override
    public void read(io.netty.buffer.ByteBuf data) {
      throw new AssertionError("no listener");
    }

    @Override
    public void finished() {
      throw new AssertionError("no listener");
    }

    @Override
    public void closed(String cause) {
      // Nobody wants to know.
    }
  }
}
