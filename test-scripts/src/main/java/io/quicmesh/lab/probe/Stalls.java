package io.quicmesh.lab.probe;

import java.util.Arrays;

/**
 * The times in which somebody was stopped who is not the way of the frames, so that a gap is not
 * blamed on it: the sender between noting a frame's time and handing it over, or the whole machine.
 * Mutable; owned by the thread that notes, and read when it is done.
 */
public final class Stalls {

  private long[] bounds = new long[64];
  private int size;

  /** Notes a stall; each begins after the end of the one before. */
  public void add(long fromNanos, long toNanos) {
    if (size == bounds.length) {
      bounds = Arrays.copyOf(bounds, 2 * size);
    }
    bounds[size++] = fromNanos;
    bounds[size++] = toNanos;
  }

  /** How much of the given time was stalled. */
  public long overlapNanos(long fromNanos, long toNanos) {
    int at = Arrays.binarySearch(bounds, 0, size, fromNanos);
    int index = (at < 0 ? -at - 1 : at) & ~1;
    long overlap = 0;
    while (index < size && bounds[index] < toNanos) {
      overlap += Math.min(toNanos, bounds[index + 1]) - Math.max(fromNanos, bounds[index]);
      index += 2;
    }
    return overlap;
  }
}
