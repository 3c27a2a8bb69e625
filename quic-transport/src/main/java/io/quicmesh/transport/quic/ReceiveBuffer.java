package io.quicmesh.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the codec puts the bytes of one stream: into the same buffer again and again until they are
 * taken, so that what many packets brought lies in one piece. Its size follows what was taken.
 * While armed, the codec reads once and then waits to be asked; while draining, it reads until
 * nothing is left or the buffer is full. Owned by the event loop.
 */
@SuppressWarnings("deprecation") // The handle's plain interface is what stream channels ask for.
final class ReceiveBuffer implements RecvByteBufAllocator, RecvByteBufAllocator.ExtendedHandle {

  private static final int BYTES_MIN = 2 << 10;
  private static final int BYTES_MAX = 256 << 10;
  private static final int SMALL_TAKES_BEFORE_SHRINKING = 16;

  private @Nullable ByteBuf buffer;
  private int size = BYTES_MIN;
  private int smallTakes;
  private boolean draining;
  private int attempted;
  private int before;
  private int last;

  /** Whether the codec should go on reading until nothing is left. */
  void setDraining(boolean draining) {
    this.draining = draining;
  }

  /** Whether there is no room left; more may wait in the codec then. */
  boolean isFull() {
    return buffer != null && !buffer.isWritable();
  }

  /**
   * Takes what came since the last time.
   *
   * @return null if that is nothing
   */
  @Nullable ByteBuf take() {
    ByteBuf taken = buffer;
    buffer = null;
    if (taken == null) {
      return null;
    }
    if (!taken.isReadable()) {
      taken.release();
      return null;
    }
    resize(taken.readableBytes(), taken.isWritable());
    return taken;
  }

  private void resize(int bytes, boolean room) {
    if (!room) {
      size = Math.min(BYTES_MAX, size * 4);
      smallTakes = 0;
    } else if (bytes > size / 4) {
      smallTakes = 0;
    } else if (++smallTakes == SMALL_TAKES_BEFORE_SHRINKING) {
      size = Math.max(BYTES_MIN, size / 2);
      smallTakes = 0;
    }
  }

  void release() {
    if (buffer != null) {
      buffer.release();
      buffer = null;
    }
  }

  /** The buffer stays ours; the codec gets a reference that it passes on or releases. */
  @Override
  public ByteBuf allocate(ByteBufAllocator allocator) {
    if (buffer == null) {
      buffer = allocator.directBuffer(size, size);
    }
    before = buffer.readableBytes();
    return buffer.retain();
  }

  @Override
  public void lastBytesRead(int bytes) {
    last = bytes;
  }

  @Override
  public boolean continueReading() {
    return draining && last > before && !isFull();
  }

  @Override
  public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
    return continueReading();
  }

  @Override
  public ExtendedHandle newHandle() {
    return this;
  }

  @Override
  public int guess() {
    return size;
  }

  @Override
  public void reset(ChannelConfig config) {}

  @Override
  public void incMessagesRead(int count) {}

  @Override
  public int lastBytesRead() {
    return last;
  }

  @Override
  public void attemptedBytesRead(int bytes) {
    attempted = bytes;
  }

  @Override
  public int attemptedBytesRead() {
    return attempted;
  }

  @Override
  public void readComplete() {}
}
