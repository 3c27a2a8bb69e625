package io.quicmesh.lab.probe;

import java.util.BitSet;

/**
 * What has arrived of one flow: which numbers, which of them twice, and how many came behind a
 * higher one (reordered as RFC 4737 section 3 defines it). Remembers every number, so a double is
 * found however late it comes. Mutable; owned by the thread that reads the ring.
 */
final class FlowTracker {

  static final long NUMBER_MAX = Integer.MAX_VALUE - 1L;

  private final BitSet seen = new BitSet();
  private long received;
  private long doubled;
  private long reordered;
  private long nextNumber;
  private long lastArrivalNanos;
  private long lastSentNanos;

  /**
   * Notes an arrival.
   *
   * @return whether it is the first of its number
   */
  boolean handleArrival(long number) {
    int bit = (int) Math.min(number, NUMBER_MAX);
    if (seen.get(bit)) {
      doubled++;
      return false;
    }
    seen.set(bit);
    received++;
    if (number < nextNumber) {
      reordered++;
    } else {
      nextNumber = number + 1;
    }
    return true;
  }

  /** Remembers between which times the next gap is measured. */
  void handleTimes(long sentNanos, long arrivalNanos) {
    lastSentNanos = sentNanos;
    lastArrivalNanos = arrivalNanos;
  }

  long received() {
    return received;
  }

  long doubled() {
    return doubled;
  }

  long reordered() {
    return reordered;
  }

  long lastArrivalNanos() {
    return lastArrivalNanos;
  }

  long lastSentNanos() {
    return lastSentNanos;
  }

  /** The number behind the highest that has arrived. */
  long nextNumber() {
    return nextNumber;
  }

  /** The most numbers below {@code sent} in a row that have not arrived. */
  long longestLoss(long sent) {
    long longest = 0;
    int from = seen.nextClearBit(0);
    while (from < sent) {
      int to = seen.nextSetBit(from);
      long end = to < 0 ? sent : Math.min(to, sent);
      longest = Math.max(longest, end - from);
      if (to < 0) {
        break;
      }
      from = seen.nextClearBit(to);
    }
    return longest;
  }
}
