package io.quicmesh.migration;

/**
 * The heartbeats in flight: numbered from 0, remembered until echoed, at most 64 of them.
 *
 * <p>Mutable; owned by the path's thread.
 */
final class Heartbeats {

  static final long UNKNOWN = -1;

  private static final int IN_FLIGHT_MAX = 64;

  private final long[] sentNanos = new long[IN_FLIGHT_MAX];
  private long nextSequence;
  private long firstUnsettled;
  private long skipped;

  long send(long nowNanos) {
    long sequence = nextSequence++;
    sentNanos[slot(sequence)] = nowNanos;
    if (nextSequence - firstUnsettled > IN_FLIGHT_MAX) {
      firstUnsettled = nextSequence - IN_FLIGHT_MAX;
    }
    return sequence;
  }

  /**
   * When the echoed heartbeat was sent, or {@link #UNKNOWN} for an echo of nothing in flight: too
   * old, a double, or never sent. Earlier ones still unanswered were skipped: they are lost.
   */
  long handleEcho(long sequence) {
    if (sequence < firstUnsettled || sequence >= nextSequence) {
      return UNKNOWN;
    }
    long sent = sentNanos[slot(sequence)];
    skipped = sequence - firstUnsettled;
    firstUnsettled = sequence + 1;
    return sent;
  }

  /** How many heartbeats the last known echo skipped. */
  long skipped() {
    return skipped;
  }

  private static int slot(long sequence) {
    return (int) (sequence % IN_FLIGHT_MAX);
  }
}
