package io.quicmesh.node;

import java.util.concurrent.TimeUnit;

/**
 * Decides when a relay is asked whether it is there, and when it has not answered for too long.
 * Loop-owned; time comes in.
 */
final class RelayPings {

  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LOST_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

  /** A connection whose path changes gets so long for it. */
  private static final long MOVE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** After this without an answer a relay is lost, for people. */
  static final String SILENCE = "silent for " + TimeUnit.NANOSECONDS.toMillis(LOST_NANOS) + " ms";

  private long sentNanos;
  private long answeredNanos;
  private long lostNotBeforeNanos;
  private long rttNanos = -1;

  /** What is to be done with the connection. */
  enum Step {
    WAIT,
    /** The relay is to be asked, with the time of now as the number. */
    ASK,
    /** The relay is silent: the connection is of no use any more. */
    LOST
  }

  RelayPings(long nowNanos) {
    lostNotBeforeNanos = nowNanos;
  }

  void handleConnected(long nowNanos) {
    answeredNanos = nowNanos;
    sentNanos = nowNanos;
  }

  void handleDisconnected() {
    rttNanos = -1;
  }

  /** The relay answered what was sent at this time. */
  void handleAnswer(long askedNanos, long nowNanos) {
    if (askedNanos >= sentNanos && askedNanos <= nowNanos) {
      answeredNanos = nowNanos;
      rttNanos = nowNanos - askedNanos;
    }
  }

  void handleNetworkChanged(long nowNanos) {
    lostNotBeforeNanos = nowNanos + MOVE_NANOS;
  }

  Step handleDeadline(long nowNanos) {
    if (isAnswered()) {
      if (nowNanos - sentNanos < IDLE_NANOS) {
        return Step.WAIT;
      }
      sentNanos = nowNanos;
      return Step.ASK;
    }
    return nowNanos >= lostNanos() ? Step.LOST : Step.WAIT;
  }

  long nextDeadlineNanos() {
    return isAnswered() ? sentNanos + IDLE_NANOS : lostNanos();
  }

  private boolean isAnswered() {
    return answeredNanos - sentNanos >= 0;
  }

  private long lostNanos() {
    return Math.max(sentNanos + LOST_NANOS, lostNotBeforeNanos);
  }

  /** Round-trip time in nanoseconds, or -1. */
  long rttNanos() {
    return rttNanos;
  }
}
