package io.quicmesh.node;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One timer on the event loop: calls an action at the earliest time that was asked for. */
final class LoopAlarm {

  private final EventLoop loop;
  private final Runnable action;
  private @Nullable Future<?> scheduled;
  private long atNanos = Long.MAX_VALUE;

  LoopAlarm(EventLoop loop, Runnable action) {
    this.loop = loop;
    this.action = action;
  }

  /** Asks for a call at this time of the loop, or at an earlier one asked before. */
  void setAt(long nanos) {
    if (nanos >= atNanos) {
      return;
    }
    cancel();
    atNanos = nanos;
    long delay = Math.max(0, nanos - loop.ticker().nanoTime());
    scheduled = loop.schedule(this::ring, delay, TimeUnit.NANOSECONDS);
  }

  void cancel() {
    if (scheduled != null) {
      scheduled.cancel(false);
      scheduled = null;
    }
    atNanos = Long.MAX_VALUE;
  }

  private void ring() {
    scheduled = null;
    atNanos = Long.MAX_VALUE;
    action.run();
  }
}
