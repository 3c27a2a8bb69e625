package io.quicmesh.tap;

import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** One event loop for a test. */
final class Loop implements AutoCloseable {
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

  IoEventLoop get() {
    return group.next();
  }

  /** Calls on the loop and waits. */
  <T> T call(Callable<T> body) throws Exception {
    return group.next().submit(body).get(10, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
