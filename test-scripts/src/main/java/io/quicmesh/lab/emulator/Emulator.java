package io.quicmesh.lab.emulator;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.Future;
import io.quicmesh.lab.link.Delay;
import io.quicmesh.lab.link.LinkDirection;
import io.quicmesh.lab.link.LinkSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Runs links on one thread: reads the TAP devices, hands frames to the directions, and delivers
 * what has arrived. Sleeps until the next arrival when that is exact enough; shortly before an
 * arrival after a short delay it spins, because waking up would take a good part of the delay.
 */
final class Emulator implements AutoCloseable {

  /** Delays from here on bear the lateness of a sleeping thread. */
  private static final long EXACT_DELAY_NANOS = 3_000_000;

  private static final long WAIT_NANOS_MAX = 100_000_000;
  private static final long RUN_NANOS_MAX = 200_000;

  private final ManualIoEventLoop loop;
  private final Map<String, LinkEnd> ends = new LinkedHashMap<>();
  private final List<LinkFlow> flows = new ArrayList<>();
  private final SplittableRandom random;
  private final Punctuality punctuality = new Punctuality(System.nanoTime());
  private boolean exact;
  private volatile boolean stopped;

  /** Owned by the calling thread. */
  Emulator(long seed) {
    this.loop = new ManualIoEventLoop(Thread.currentThread(), EpollIoHandler.newFactory());
    this.random = new SplittableRandom(seed);
  }

  /** Makes both TAP devices and joins them by a wire. On the emulator's thread. */
  void join(LinkRef link, int mtuBytes) throws IOException {
    LinkEnd first = open(link.first(), mtuBytes);
    try {
      LinkEnd second = open(link.second(), mtuBytes);
      join(first, second);
      join(second, first);
    } catch (IOException | IllegalArgumentException e) {
      ends.remove(first.name());
      first.close();
      throw e;
    }
  }

  private LinkEnd open(EndRef ref, int mtuBytes) throws IOException {
    if (ends.containsKey(ref.name())) {
      throw new IllegalArgumentException("two ends are named " + ref.name());
    }
    LinkEnd end = LinkEnd.open(ref, mtuBytes, PooledByteBufAllocator.DEFAULT);
    ends.put(ref.name(), end);
    return end;
  }

  /** The loop registers at once what its own thread hands it. */
  private void join(LinkEnd from, LinkEnd to) throws IOException {
    LinkDirection direction = new LinkDirection(LinkSettings.WIRE, random.split());
    flows.add(new LinkFlow(from, to, direction));
    Future<Void> started = from.start(loop, direction);
    if (!started.isSuccess()) {
      throw new IOException("cannot read " + from.name(), started.cause());
    }
  }

  List<LinkFlow> flows() {
    return flows;
  }

  Map<String, LinkEnd> ends() {
    return ends;
  }

  /** Runs a command on the emulator's thread, between frames. From any thread. */
  void execute(Runnable command) {
    loop.execute(command);
  }

  /** Makes {@link #run} return. From any thread. */
  void stop() {
    stopped = true;
    loop.wakeup();
  }

  /** Runs until {@link #stop}, or until an interface was removed. */
  void run() {
    settingsChanged();
    while (!stopped && ends.values().stream().noneMatch(LinkEnd::isGone)) {
      await(nextDeadlineNanos());
      deliver();
    }
  }

  /**
   * Returns when frames were read, when a command was carried out, or when the deadline is near.
   */
  private void await(long deadlineNanos) {
    long nowNanos = System.nanoTime();
    long sleepNanos = punctuality.sleepNanos(deadlineNanos, nowNanos, exact);
    if (sleepNanos == 0) {
      loop.runNow(RUN_NANOS_MAX);
      if (deadlineNanos > nowNanos) {
        punctuality.handleSpun(nowNanos, System.nanoTime());
      }
    } else if (loop.run(Math.min(sleepNanos, WAIT_NANOS_MAX), RUN_NANOS_MAX) == 0) {
      punctuality.handleSlept(nowNanos + sleepNanos, System.nanoTime());
    }
  }

  private void deliver() {
    for (int i = 0; i < flows.size(); i++) {
      flows.get(i).deliverUntil(System.nanoTime());
    }
  }

  /** A time far ahead, rather than the end of all times, can be subtracted from. */
  private long nextDeadlineNanos() {
    long deadlineNanos = System.nanoTime() + WAIT_NANOS_MAX;
    for (int i = 0; i < flows.size(); i++) {
      deadlineNanos = Math.min(deadlineNanos, flows.get(i).direction().nextDeadlineNanos());
    }
    return deadlineNanos;
  }

  /** Decides anew how exact arrivals must be. On the emulator's thread. */
  void settingsChanged() {
    exact =
        flows.stream()
            .map(flow -> flow.direction().settings().delay())
            .mapToLong(Delay::nanos)
            .anyMatch(delayNanos -> delayNanos > 0 && delayNanos < EXACT_DELAY_NANOS);
  }

  @Override
  public void close() {
    ends.values().forEach(LinkEnd::close);
    flows.forEach(flow -> flow.direction().close());
    Future<?> terminated = loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    while (!terminated.isDone()) {
      loop.runNow();
    }
  }
}
