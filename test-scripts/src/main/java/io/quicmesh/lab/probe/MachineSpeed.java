package io.quicmesh.lab.probe;

import java.util.Arrays;

/**
 * When the machine itself was slow. Virtual machines can be held at a tenth of their speed for a
 * tenth of a second at a time, on every processor, and no clock or counter in them tells; whatever
 * they run looks as if it had paused. Here the same small piece of work is timed again and again,
 * and the machine was slow where it took several times as long as it does usually. Mutable; owned
 * by the measuring thread, and read when it is done.
 */
public final class MachineSpeed {

  /** Caches, frequencies and a busy sibling of the processor change less than that. */
  private static final int SLOW_FACTOR = 4;

  /** How much time before a reading it speaks for at most. */
  private static final long REACH_NANOS_MAX = 5_000_000;

  private static final int READING_LONGS = 3;

  private long[] readings = new long[READING_LONGS * 1024];
  private int size;

  /** Notes what the work took in a reading that began and ended then. */
  public void add(long fromNanos, long toNanos, long workNanos) {
    if (size == readings.length) {
      readings = Arrays.copyOf(readings, 2 * size);
    }
    readings[size++] = fromNanos;
    readings[size++] = toNanos;
    readings[size++] = workNanos;
  }

  /** The times in which it was slow. */
  public Stalls slow() {
    Stalls slow = new Stalls();
    long limitNanos = SLOW_FACTOR * usualWorkNanos();
    long beforeNanos = readings[0];
    for (int i = 0; i < size; i += READING_LONGS) {
      long toNanos = readings[i + 1];
      if (readings[i + 2] > limitNanos) {
        slow.add(Math.max(beforeNanos, toNanos - REACH_NANOS_MAX), toNanos);
      }
      beforeNanos = toNanos;
    }
    return slow;
  }

  private long usualWorkNanos() {
    long[] works = new long[size / READING_LONGS];
    for (int i = 0; i < works.length; i++) {
      works[i] = readings[i * READING_LONGS + 2];
    }
    Arrays.sort(works);
    return works.length == 0 ? 0 : works[works.length / 2];
  }
}
