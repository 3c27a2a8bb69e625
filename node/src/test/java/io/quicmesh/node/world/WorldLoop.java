package io.quicmesh.node.world;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.AbstractEventExecutor;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An event loop of one simulated process: its tasks are events of the world's clock. The process
 * can be stopped for a time, and it can die.
 */
public final class WorldLoop extends AbstractEventExecutor implements EventLoop {

  private final WorldClock clock;
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private boolean stopped;
  private boolean dead;

  /** A running process. */
  public WorldLoop(WorldClock clock) {
    this.clock = clock;
  }

  /** Does something in this process: now, when it goes on, or never. */
  void run(Runnable task) {
    if (stopped) {
      waiting.add(task);
    } else if (!dead) {
      task.run();
    }
  }

  /** The process stands still, as with SIGSTOP. */
  public void stop() {
    stopped = true;
  }

  /** The process goes on with all that has come meanwhile. */
  public void goOn() {
    stopped = false;
    while (!stopped && !waiting.isEmpty()) {
      run(waiting.remove());
    }
  }

  /** The process is gone. */
  public void die() {
    dead = true;
    stopped = false;
    waiting.clear();
  }

  /** Whether the process stands still. */
  public boolean isStopped() {
    return stopped;
  }

  /** Whether the process has died. */
  public boolean isDead() {
    return dead;
  }

  @Override
  public Ticker ticker() {
    return new Ticker() {
      @Override
      public long initialNanoTime() {
        return 0;
      }

      @Override
      public long nanoTime() {
        return clock.nowNanos();
      }

      @Override
      public void sleep(long delay, TimeUnit unit) {
        throw new UnsupportedOperationException("nobody sleeps on an event loop");
      }
    };
  }

  @Override
  public void execute(Runnable task) {
    clock.after(0, () -> run(task));
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
    Timer<Void> timer = new Timer<>(clock.nowNanos() + Math.max(0, unit.toNanos(delay)));
    clock.at(
        timer.atNanos,
        () ->
            run(
                () -> {
                  if (!timer.isDone()) {
                    task.run();
                    timer.trySuccess(null);
                  }
                }));
    return timer;
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable task, long initialDelay, long period, TimeUnit unit) {
    Timer<Void> timer = new Timer<>(clock.nowNanos() + unit.toNanos(initialDelay));
    repeat(timer, task, unit.toNanos(period));
    return timer;
  }

  private void repeat(Timer<Void> timer, Runnable task, long periodNanos) {
    clock.at(
        timer.atNanos,
        () ->
            run(
                () -> {
                  if (!timer.isDone()) {
                    task.run();
                    timer.atNanos = clock.nowNanos() + periodNanos;
                    repeat(timer, task, periodNanos);
                  }
                }));
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable task, long initialDelay, long delay, TimeUnit unit) {
    return scheduleAtFixedRate(task, initialDelay, delay, unit);
  }

  /** A planned call. */
  private final class Timer<V> extends DefaultPromise<V> implements ScheduledFuture<V> {
    private long atNanos;

    Timer(long atNanos) {
      super(WorldLoop.this);
      this.atNanos = atNanos;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(atNanos - clock.nowNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
  }

  @Override
  public boolean inEventLoop(Thread thread) {
    return true;
  }

  @Override
  @SuppressWarnings("NullAway") // Netty's loops outside a group have no parent either.
  public @Nullable EventLoopGroup parent() {
    return null;
  }

  @Override
  public EventLoop next() {
    return this;
  }

  @Override
  public ChannelFuture register(Channel channel) {
    throw new UnsupportedOperationException("there are no channels here");
  }

  @Override
  public ChannelFuture register(ChannelPromise promise) {
    throw new UnsupportedOperationException("there are no channels here");
  }

  @Override
  @Deprecated
  public ChannelFuture register(Channel channel, ChannelPromise promise) {
    throw new UnsupportedOperationException("there are no channels here");
  }

  @Override
  public boolean isShuttingDown() {
    return dead;
  }

  @Override
  public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<?> terminationFuture() {
    throw new UnsupportedOperationException();
  }

  @Override
  @Deprecated
  public void shutdown() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isShutdown() {
    return dead;
  }

  @Override
  public boolean isTerminated() {
    return dead;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }
}
