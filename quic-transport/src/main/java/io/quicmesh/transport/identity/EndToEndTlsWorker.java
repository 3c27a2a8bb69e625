package io.quicmesh.transport.identity;

import io.quicmesh.transport.wire.CloseCode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that computes end-to-end handshakes, so that no event loop does. It makes one for
 * nothing when it starts, because the first of a process is a hundred times slower than the rest.
 * At most {@link #HANDSHAKES_MAX} handshakes run at a time, each for at most {@link
 * #HANDSHAKE_DEADLINE}.
 */
public final class EndToEndTlsWorker implements SecureChannels {

  /** Handshakes in flight; more are refused with {@link CloseCode#QUOTA}. */
  public static final int HANDSHAKES_MAX = 256;

  /** A handshake that is not over by then fails with {@link CloseCode#TIMED_OUT}. */
  public static final Duration HANDSHAKE_DEADLINE = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(EndToEndTlsWorker.class);

  private final LongSupplier nanoClock;
  private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
  private final Queue<WorkerChannel> handshakes = new ArrayDeque<>();
  private final CountDownLatch warm = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "quicmesh-tls");
  private volatile boolean stopped;

  private EndToEndTlsWorker(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    thread.setDaemon(true);
  }

  /** A running worker, warming up. */
  public static EndToEndTlsWorker start(LongSupplier nanoClock) {
    EndToEndTlsWorker worker = new EndToEndTlsWorker(nanoClock);
    worker.thread.start();
    return worker;
  }

  @Override
  public SecureChannel client(
      EndToEndTls.Settings settings, Executor executor, SecureChannel.Listener listener) {
    return new WorkerChannel(
        this, executor, listener, events -> EndToEndTls.client(settings, events));
  }

  @Override
  public SecureChannel server(
      EndToEndTls.Settings settings, Executor executor, SecureChannel.Listener listener) {
    return new WorkerChannel(
        this, executor, listener, events -> EndToEndTls.server(settings, events));
  }

  /** Waits until the worker is warm. */
  public boolean awaitWarm(Duration patience) throws InterruptedException {
    return warm.await(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Ends the thread; channels hear nothing any more. */
  @Override
  public void close() {
    stopped = true;
    thread.interrupt();
  }

  void post(Runnable task) {
    tasks.add(task);
  }

  /** On the worker thread: whether one more handshake may run; its deadline starts. */
  boolean admit(WorkerChannel channel) {
    handshakes.removeIf(WorkerChannel::isHandshakeOver);
    if (handshakes.size() >= HANDSHAKES_MAX) {
      return false;
    }
    channel.setDeadlineNanos(nanoClock.getAsLong() + HANDSHAKE_DEADLINE.toNanos());
    handshakes.add(channel);
    return true;
  }

  private void run() {
    try {
      TlsWarmUp.run();
    } catch (RuntimeException e) {
      LOG.error("the handshake for warming up failed", e);
    }
    warm.countDown();
    while (!stopped) {
      try {
        Runnable task = tasks.poll(nanosToNextDeadline(), TimeUnit.NANOSECONDS);
        expire();
        if (task != null) {
          task.run();
        }
      } catch (InterruptedException e) {
        if (stopped) {
          return;
        }
      } catch (RuntimeException e) {
        LOG.error("an end-to-end handshake's task failed", e);
      }
    }
  }

  private long nanosToNextDeadline() {
    WorkerChannel oldest = handshakes.peek();
    return oldest == null
        ? HANDSHAKE_DEADLINE.toNanos()
        : Math.max(0, oldest.deadlineNanos() - nanoClock.getAsLong());
  }

  /** All handshakes have the same time, so the oldest is always the next to expire. */
  private void expire() {
    long now = nanoClock.getAsLong();
    for (WorkerChannel oldest = handshakes.peek();
        oldest != null && (oldest.isHandshakeOver() || oldest.deadlineNanos() - now <= 0);
        oldest = handshakes.peek()) {
      handshakes.remove();
      oldest.expire();
    }
  }
}
