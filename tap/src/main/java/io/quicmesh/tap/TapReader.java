package io.quicmesh.tap;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.quicmesh.tap.frame.VirtioNetHeader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of frames from the kernel to a listener: woken by the event loop, it reads one batch into
 * one buffer. Owned by the loop.
 */
final class TapReader {
  private static final Logger log = LoggerFactory.getLogger(TapReader.class);

  /** A batch ends after so many frames, or when its buffer is full, so that others get the loop. */
  private static final int BATCH_FRAMES_MAX = 64;

  private final FileDescriptor fd;
  private final TapConfig config;
  private final ReadBuffer reads;
  private final TapTally tally;

  private @Nullable IoRegistration registration;
  private boolean paused;
  private boolean closed;
  private long failures;

  TapReader(FileDescriptor fd, TapConfig config, TapTally tally, ByteBufAllocator allocator) {
    this.fd = fd;
    this.config = config;
    this.tally = tally;
    this.reads = new ReadBuffer(allocator, config.headroomBytes());
  }

  /** What a reader tells its device. */
  interface Ends {
    /** The interface does not exist any more. */
    void interfaceGone(IOException cause);

    /** The event loop ends. */
    void loopEnding();
  }

  /** Begins to read; the future is done when frames can come. Any thread. */
  Future<Void> start(IoEventLoop loop, TapListener listener, Ends ends) {
    Promise<Void> started = loop.newPromise();
    Future<IoRegistration> registered = loop.register(new Handle(listener, ends));
    registered.addListener(
        done -> {
          if (!done.isSuccess()) {
            started.setFailure(done.cause());
            return;
          }
          registration = registered.getNow();
          submitInterest();
          started.setSuccess(null);
        });
    return started;
  }

  void setPaused(boolean wanted) {
    if (paused != wanted) {
      paused = wanted;
      submitInterest();
    }
  }

  boolean isPaused() {
    return paused;
  }

  /**
   * Leaves the loop; the descriptor is closed afterwards by its owner.
   *
   * @param onLoop whether this is the loop's thread: a loop that has ended has no registrations
   */
  void close(boolean onLoop) {
    closed = true;
    if (registration != null && onLoop) {
      registration.cancel();
    }
    reads.release();
  }

  /**
   * Interest NONE would take the descriptor out of epoll for good; errors cannot be masked anyway.
   */
  private void submitInterest() {
    IoRegistration current = registration;
    if (current != null && !closed && current.isValid()) {
      current.submit(paused ? EpollIoOps.EPOLLERR : EpollIoOps.EPOLLIN);
    }
  }

  private void readBatch(TapListener listener) throws IOException {
    int frames = 0;
    while (frames < BATCH_FRAMES_MAX && !paused && !closed && reads.hasRoom()) {
      if (!readFrame(listener)) {
        break;
      }
      frames++;
    }
    if (frames > 0) {
      listener.batchComplete();
    }
  }

  private boolean readFrame(TapListener listener) throws IOException {
    ByteBuf buf = reads.buffer();
    int header = reads.cursor() + config.headroomBytes();
    int from = config.offloads() ? header : header + VirtioNetHeader.BYTES;
    int limit = reads.limit();
    int got = fd.readAddress(buf.memoryAddress(), from, limit);
    if (got <= 0) {
      return false;
    }
    int end = from + got;
    if (end == limit) {
      tally.countDropped(TapDropReason.READ_TOO_LONG);
      return true;
    }
    if (!config.offloads()) {
      VirtioNetHeader.writeEmpty(buf, header);
    }
    reads.advanceTo(end);
    tally.countIn(end - header - VirtioNetHeader.BYTES);
    listener.frame(buf, header, end - header);
    return true;
  }

  /** The device's place on the event loop. */
  private final class Handle implements EpollIoHandle {
    private final TapListener listener;
    private final Ends ends;

    Handle(TapListener listener, Ends ends) {
      this.listener = listener;
      this.ends = ends;
    }

    @Override
    public FileDescriptor fd() {
      return fd;
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
      if (closed) {
        return;
      }
      try {
        handleEvent((EpollIoEvent) event);
      } catch (RuntimeException e) {
        logFailure(e);
      } finally {
        recycle();
      }
    }

    @Override
    public void close() {
      ends.loopEnding();
    }

    private void handleEvent(EpollIoEvent event) {
      try {
        if (!event.ops().contains(EpollIoOps.EPOLLIN)) {
          throw new IOException("the kernel reports an error");
        }
        readBatch(listener);
      } catch (IOException e) {
        ends.interfaceGone(e);
      }
    }

    private void recycle() {
      if (!closed) {
        reads.recycle();
      }
    }

    /**
     * A defect of ours must not stop the loop, nor fill the disk: it is logged ever more rarely.
     */
    private void logFailure(RuntimeException failure) {
      if (Long.bitCount(++failures) == 1) {
        log.error("taking frames from the host failed, {} times so far", failures, failure);
      }
    }
  }
}
