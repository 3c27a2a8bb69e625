package io.quicmesh.tap;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import io.quicmesh.tap.link.LinkObserver;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the host's links, addresses and routes, and tells a listener about every change once its
 * burst of events is over. Lives on an event loop; that of the data path is better left alone,
 * since a host may have thousands of routes.
 */
public final class LinkWatcher implements AutoCloseable {
  /** A change is told when nothing more happened for this long. */
  public static final long DEFAULT_QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** A change is told after this time at the latest. */
  public static final long DEFAULT_DELAY_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private static final Logger log = LoggerFactory.getLogger(LinkWatcher.class);
  private static final int READ_BYTES_MAX = 64 * 1024;
  private static final int READS_MAX = 16;

  private final NetlinkSocket socket;
  private final LinkListener listener;
  private final LinkObserver observer;
  private final IoEventLoop loop;
  private final ByteBuf buffer;

  private @Nullable IoRegistration registration;
  private @Nullable Future<?> timer;
  private long timerNanos = Long.MAX_VALUE;
  private boolean closed;

  private LinkWatcher(
      NetlinkSocket socket, LinkListener listener, LinkObserver observer, IoEventLoop loop) {
    this.socket = socket;
    this.listener = listener;
    this.observer = observer;
    this.loop = loop;
    this.buffer = ByteBufAllocator.DEFAULT.directBuffer(READ_BYTES_MAX, READ_BYTES_MAX);
  }

  /** Watches with the default delays the network namespace that the calling thread is in. */
  public static LinkWatcher start(IoEventLoop loop, LinkListener listener) throws TapException {
    return start(loop, listener, DEFAULT_QUIET_NANOS, DEFAULT_DELAY_MAX_NANOS);
  }

  /**
   * Watches the network namespace that the calling thread is in.
   *
   * @param quietNanos a change is told when nothing more happened for this long
   * @param delayMaxNanos a change is told after this time at the latest
   */
  public static LinkWatcher start(
      IoEventLoop loop, LinkListener listener, long quietNanos, long delayMaxNanos)
      throws TapException {
    Host.require("cannot watch the host's links");
    NetlinkSocket socket = NetlinkSocket.forNotifications();
    LinkObserver observer = new LinkObserver(quietNanos, delayMaxNanos, System.nanoTime());
    LinkWatcher watcher = new LinkWatcher(socket, listener, observer, loop);
    Future<IoRegistration> registered = loop.register(watcher.new Handle());
    registered.addListener(
        done -> {
          if (done.isSuccess()) {
            watcher.begin(registered.getNow());
          } else {
            log.error("the event loop does not take the link watcher", done.cause());
          }
        });
    return watcher;
  }

  /** Stops watching. Any thread; nothing is told afterwards. Does nothing the second time. */
  @Override
  public void close() {
    LoopClosing.close(loop, this::closeNow);
  }

  private void begin(IoRegistration current) {
    registration = current;
    if (closed) {
      current.cancel();
      return;
    }
    current.submit(EpollIoOps.EPOLLIN);
    observer.handleStart(System.nanoTime());
    drain();
  }

  private void read() {
    for (int i = 0; i < READS_MAX && !closed; i++) {
      try {
        int got = socket.fd().readAddress(buffer.memoryAddress(), 0, READ_BYTES_MAX);
        if (got <= 0) {
          break;
        }
        observer.handleMessages(buffer.setIndex(0, got), System.nanoTime());
      } catch (NativeIoException e) {
        log.debug("netlink notifications were lost", e);
        observer.handleOverrun(System.nanoTime());
      } catch (IOException e) {
        log.error("the link watcher cannot read any more", e);
        closeNow();
      }
    }
    drain();
  }

  private void drain() {
    for (LinkObserver.Output output = observer.poll(); output != null; output = observer.poll()) {
      if (output instanceof LinkObserver.Output.Request request) {
        ask(request);
      } else if (output instanceof LinkObserver.Output.Changed changed) {
        tell(changed);
      }
    }
    armTimer();
  }

  private void ask(LinkObserver.Output.Request request) {
    buffer.clear();
    request.write(buffer);
    try {
      socket.fd().writeAddress(buffer.memoryAddress(), 0, buffer.writerIndex());
    } catch (IOException e) {
      log.debug("asking for {} failed, trying again", request.part(), e);
      observer.handleOverrun(System.nanoTime());
    }
  }

  private void tell(LinkObserver.Output.Changed changed) {
    try {
      listener.linksChanged(changed.snapshot(), changed.change());
    } catch (RuntimeException e) {
      log.error("taking a change of links failed", e);
    }
  }

  private void armTimer() {
    long deadline = observer.nextDeadlineNanos();
    if (closed || deadline == timerNanos) {
      return;
    }
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
    timerNanos = deadline;
    if (deadline != Long.MAX_VALUE) {
      long delay = deadline - System.nanoTime();
      timer = loop.schedule(this::onTimer, delay, TimeUnit.NANOSECONDS);
    }
  }

  private void onTimer() {
    timerNanos = Long.MAX_VALUE;
    if (!closed) {
      observer.handleDeadline(System.nanoTime());
      drain();
    }
  }

  private void closeNow() {
    if (closed) {
      return;
    }
    closed = true;
    if (timer != null) {
      timer.cancel(false);
    }
    if (registration != null && loop.inEventLoop()) {
      registration.cancel();
    }
    try {
      socket.close();
    } catch (TapException e) {
      log.warn("closing the link watcher's socket failed", e);
    }
    buffer.release();
  }

  /** The socket's place on the event loop. */
  private final class Handle implements EpollIoHandle {
    @Override
    public FileDescriptor fd() {
      return socket.fd();
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
      if (!closed) {
        read();
      }
    }

    @Override
    public void close() {
      closeNow();
    }
  }
}
