package io.quicmesh.transport.identity;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.quicmesh.transport.wire.CloseCode;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A {@link SecureChannel} whose arithmetic runs on an {@link EndToEndTlsWorker}. The owner's calls
 * become tasks there, the outcomes tasks on the owner's executor; each direction stays in order.
 */
final class WorkerChannel implements SecureChannel, SecureChannel.Listener {

  /** Work that waits for the worker, in bytes; a peer that sends more than this is refused. */
  private static final int BACKLOG_BYTES_MAX = 512 * 1024;

  private static final int TASK_BYTES = 256;

  private final EndToEndTlsWorker worker;
  private final Executor executor;
  private final Listener listener;
  private final EndToEndTls engine;
  private final AtomicInteger backlogBytes = new AtomicInteger();

  /** Owned by the executor's thread. */
  private boolean closed;

  /** Owned by the worker's thread, as the engine is. */
  private boolean over;

  private long deadlineNanos;

  WorkerChannel(
      EndToEndTlsWorker worker,
      Executor executor,
      Listener listener,
      Function<Listener, EndToEndTls> engine) {
    this.worker = worker;
    this.executor = executor;
    this.listener = listener;
    this.engine = engine.apply(this);
  }

  @Override
  public void start() {
    post(
        0,
        () -> {
          if (worker.admit(this)) {
            engine.start();
          } else {
            failed(CloseCode.QUOTA, "too many handshakes at once: try again later");
          }
        });
  }

  @Override
  public void receive(ByteBuf bytes) {
    byte[] copy;
    try {
      copy = ByteBufUtil.getBytes(bytes);
    } finally {
      bytes.release();
    }
    post(copy.length, () -> engine.offer(copy));
  }

  @Override
  public void send(byte[] message) {
    if (message.length > MESSAGE_BYTES_MAX) {
      throw new IllegalArgumentException("message of " + message.length + " bytes");
    }
    byte[] copy = message.clone();
    post(copy.length, () -> engine.write(copy));
  }

  @Override
  public void close() {
    closed = true;
    worker.post(() -> over = true);
  }

  private void post(int bytes, Runnable task) {
    if (closed) {
      return;
    }
    int cost = bytes + TASK_BYTES;
    boolean fits = backlogBytes.addAndGet(cost) <= BACKLOG_BYTES_MAX;
    worker.post(
        () -> {
          backlogBytes.addAndGet(-cost);
          if (over) {
            return;
          }
          if (fits) {
            task.run();
          } else {
            failed(CloseCode.QUOTA, "the other side sends faster than this host can answer");
          }
        });
  }

  // On the worker's thread from here.

  boolean isHandshakeOver() {
    return over || engine.isEnded() || engine.isEstablished();
  }

  void setDeadlineNanos(long nanos) {
    deadlineNanos = nanos;
  }

  long deadlineNanos() {
    return deadlineNanos;
  }

  void expire() {
    if (!isHandshakeOver()) {
      failed(CloseCode.TIMED_OUT, "the other side did not finish the end-to-end handshake in time");
    }
  }

  @Override
  public void transmit(byte[] bytes) {
    tell(owner -> owner.transmit(bytes));
  }

  @Override
  public void established(VerifiedPeer peer, byte[] secret) {
    tell(owner -> owner.established(peer, secret));
  }

  @Override
  public void message(byte[] message) {
    tell(owner -> owner.message(message));
  }

  @Override
  public void failed(CloseCode code, String reason) {
    over = true;
    tell(owner -> owner.failed(code, reason));
  }

  private void tell(Consumer<Listener> event) {
    try {
      executor.execute(
          () -> {
            if (!closed) {
              event.accept(listener);
            }
          });
    } catch (RejectedExecutionException e) {
      over = true; // The owner has stopped, so nobody is left to hear it.
    }
  }
}
