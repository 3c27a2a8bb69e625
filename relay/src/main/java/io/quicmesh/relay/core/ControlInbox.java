package io.quicmesh.relay.core;

import io.quicmesh.transport.wire.ControlMessage;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The control messages of one connection that wait for their turn: no more of them a second than
 * allowed, and no more waiting than fit. Owned by the event loop.
 */
public final class ControlInbox {

  static final int MESSAGES_PER_SECOND = 50;
  static final int MESSAGES_BURST = 200;
  static final int WAITING_MAX = 1_000;
  static final int WAITING_LISTS_MAX = 4;

  private final TokenBucket bucket;
  private final ArrayDeque<ControlMessage> waiting = new ArrayDeque<>();
  private int lists;

  /** An inbox with a whole burst to give. */
  public ControlInbox(long nowNanos) {
    this.bucket = new TokenBucket(MESSAGES_PER_SECOND, MESSAGES_BURST, nowNanos);
  }

  /**
   * Takes a message.
   *
   * @return false if it does not fit: the peer floods, and its connection should be closed
   */
  public boolean offer(ControlMessage message) {
    boolean list = message instanceof ControlMessage.Revocations;
    if (waiting.size() >= WAITING_MAX || (list && lists >= WAITING_LISTS_MAX)) {
      return false;
    }
    waiting.add(message);
    lists += list ? 1 : 0;
    return true;
  }

  /** The next message whose turn it is, or null. */
  public @Nullable ControlMessage poll(long nowNanos) {
    if (waiting.isEmpty() || !bucket.tryTake(nowNanos)) {
      return null;
    }
    ControlMessage message = waiting.remove();
    lists -= message instanceof ControlMessage.Revocations ? 1 : 0;
    return message;
  }

  /** When {@link #poll} has something next; {@link Long#MAX_VALUE} if nothing waits. */
  public long nextDeadlineNanos() {
    return waiting.isEmpty() ? Long.MAX_VALUE : bucket.holdsAtNanos(1);
  }
}
