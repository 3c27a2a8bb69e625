package io.quicmesh.relay.core;

import io.netty.buffer.ByteBuf;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.stream.SendStream;
import io.quicmesh.transport.wire.CloseCode;
import org.jspecify.annotations.Nullable;

/**
 * Copies one stream to another, byte for byte, and reads no more than the other side takes: it
 * pauses while the receiving connection has no window, and while a quota is used up. What it was
 * given is written at once, in one piece, so a read that covers an I/O event costs one write.
 *
 * <p>It ends when the last byte is handed on, or abruptly on both sides. The shell tells it what
 * the two streams say, and asks {@link #isEnded} after each fact. Owned by the event loop.
 */
public final class StreamSplice {

  private final ReceiveStream in;
  private final SendStream out;
  private final Meter sender;
  private final Meter receiver;
  private final long bytesMax;
  private long bytes;
  private long pendingBytes;
  private boolean paused = true;
  private boolean finished;
  private boolean ended;
  private @Nullable Refusal refusal;

  /** Where the bytes are counted. */
  public record Meters(Meter sender, Meter receiver) {}

  /**
   * A splice that has not begun; see {@link #start}.
   *
   * @param in paused
   * @param bytesMax more bytes than this end it with {@link CloseCode#QUOTA}
   */
  public StreamSplice(ReceiveStream in, SendStream out, Meters meters, long bytesMax) {
    this.in = in;
    this.out = out;
    this.sender = meters.sender();
    this.receiver = meters.receiver();
    this.bytesMax = bytesMax;
  }

  /** Both streams have their listeners: reading begins, unless something stands against it. */
  public void start(long nowNanos) {
    resumeIfPossible(nowNanos);
  }

  /** The receiving stream brought bytes, which are the splice's from now on. */
  public void handleRead(ByteBuf data, long nowNanos) {
    int length = data.readableBytes();
    if (ended || finished || bytes + length > bytesMax) {
      data.release();
      refuse(Refusal.JOIN_BYTES);
      return;
    }
    bytes += length;
    sender.countReceived(length, nowNanos);
    receiver.countSent(length);
    out.write(data);
    if (!ended) {
      countPending();
      if (receiver.isOverfull()) {
        refuse(Refusal.PENDING_BYTES);
      } else {
        pauseIfNeeded(nowNanos);
      }
    }
  }

  /** The receiving stream ended in order: so does the other, after what waits for it. */
  public void handleFinished() {
    if (!ended && !finished) {
      finished = true;
      finishIfDone();
    }
  }

  /** The receiving stream ended abruptly. */
  public void handleReceiveClosed() {
    if (!ended && !finished) {
      settle();
      out.reset(CloseCode.NONE.code());
    }
  }

  /** The sending stream takes bytes again. */
  public void handleWritable(long nowNanos) {
    if (!ended) {
      finishIfDone();
      resumeIfPossible(nowNanos);
    }
  }

  /** The sending stream ended abruptly. */
  public void handleSendClosed() {
    if (!ended) {
      settle();
      in.stop(CloseCode.NONE.code());
    }
  }

  /** A quota that was used up has refilled. */
  void handleQuota(long nowNanos) {
    if (!ended) {
      resumeIfPossible(nowNanos);
    }
  }

  /** Ends both sides abruptly. */
  public void end(CloseCode code) {
    if (!ended) {
      settle();
      in.stop(code.code());
      out.reset(code.code());
    }
  }

  /** Why the relay itself ended it, to be counted; null if it did not. */
  public @Nullable Refusal refusal() {
    return refusal;
  }

  /** Whether nothing more will happen. */
  public boolean isEnded() {
    return ended;
  }

  /** Bytes copied so far. */
  public long bytes() {
    return bytes;
  }

  private void refuse(Refusal reason) {
    if (!ended) {
      refusal = reason;
      end(CloseCode.QUOTA);
    }
  }

  private void pauseIfNeeded(long nowNanos) {
    RateQuota quota = sender.exhausted(nowNanos);
    if (quota != null) {
      quota.await(this);
    }
    if (!paused && (quota != null || !out.isWritable())) {
      paused = true;
      in.pause();
    }
  }

  private void resumeIfPossible(long nowNanos) {
    if (!paused || finished || ended) {
      return;
    }
    RateQuota quota = sender.exhausted(nowNanos);
    if (quota != null) {
      quota.await(this);
    } else if (out.isWritable()) {
      paused = false;
      in.resume();
    }
  }

  private void finishIfDone() {
    countPending();
    if (finished && pendingBytes == 0) {
      settle();
      out.finish();
    }
  }

  private void countPending() {
    long now = out.pendingBytes();
    receiver.addPending(now - pendingBytes);
    pendingBytes = now;
  }

  private void settle() {
    ended = true;
    receiver.addPending(-pendingBytes);
    pendingBytes = 0;
    sender.forget(this);
  }
}
