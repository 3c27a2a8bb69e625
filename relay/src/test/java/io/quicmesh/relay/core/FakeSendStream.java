package io.quicmesh.relay.core;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.quicmesh.transport.stream.SendStream;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** The sending end of a stream in memory, whose peer takes bytes only when the test lets it. */
final class FakeSendStream implements SendStream {

  private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
  private @Nullable Listener listener;
  private long window;
  private boolean finishing;
  private boolean over;
  int writes;
  int resetWith = -1;
  boolean finished;

  FakeSendStream(long window) {
    this.window = window;
  }

  @Override
  public void write(ByteBuf data) {
    byte[] bytes = ByteBufUtil.getBytes(data);
    data.release();
    if (!over) {
      writes++;
      pending.writeBytes(bytes);
      flush();
    }
  }

  @Override
  public boolean isWritable() {
    return !over && window > 0;
  }

  @Override
  public long pendingBytes() {
    return over ? 0 : pending.size();
  }

  @Override
  public void setListener(Listener next) {
    listener = next;
    if (over) {
      next.closed("closed before");
    }
  }

  @Override
  public void finish() {
    finishing = true;
    flush();
  }

  @Override
  public void reset(int code) {
    if (!finished) {
      over = true;
      resetWith = code;
      pending.reset();
    }
  }

  /** The peer takes so many bytes more. */
  void open(long bytes) {
    boolean wasWritable = isWritable();
    window += bytes;
    flush();
    if (!wasWritable && isWritable() && listener != null) {
      listener.writable();
    }
  }

  /** The peer stops the stream, or its connection ends. */
  void fail() {
    if (!over) {
      over = true;
      pending.reset();
      if (listener != null) {
        listener.closed("stopped");
      }
    }
  }

  byte[] taken() {
    return taken.toByteArray();
  }

  private void flush() {
    byte[] all = pending.toByteArray();
    int length = (int) Math.min(window, all.length);
    taken.write(all, 0, length);
    pending.reset();
    pending.write(all, length, all.length - length);
    window -= length;
    if (finishing && pending.size() == 0 && !over) {
      finished = true;
    }
  }
}
