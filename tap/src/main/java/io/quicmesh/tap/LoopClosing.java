package io.quicmesh.tap;

import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

/**
 * Closes what lives on an event loop, from any thread. A loop that ends does not always close what
 * is registered with it; then the calling thread does.
 */
final class LoopClosing {
  private static final long LOOP_END_CHECK_MILLIS = 50;

  private LoopClosing() {}

  /** Returns when the close has run; it must bear being run twice. */
  static void close(IoEventLoop loop, Runnable close) {
    if (loop.inEventLoop() || !closeOn(loop, close)) {
      close.run();
    }
  }

  /** Whether the loop did it: one that has ended will not. */
  private static boolean closeOn(IoEventLoop loop, Runnable close) {
    try {
      Future<?> done = loop.submit(close);
      while (!done.awaitUninterruptibly(LOOP_END_CHECK_MILLIS)) {
        if (loop.isTerminated()) {
          return false;
        }
      }
      return true;
    } catch (RejectedExecutionException e) {
      loop.terminationFuture().awaitUninterruptibly();
      return false;
    }
  }
}
