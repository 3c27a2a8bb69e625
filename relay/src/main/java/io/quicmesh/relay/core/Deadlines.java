package io.quicmesh.relay.core;

import java.util.Comparator;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/**
 * What is to be done when, in order of time. Nothing here reads a clock: {@link #run} is told the
 * time. Owned by the event loop.
 */
final class Deadlines {

  /** One thing to be done at a time, unless it is cancelled before. */
  static final class Entry {
    private final long atNanos;
    private final long sequence;
    private final LongConsumer action;

    private Entry(long atNanos, long sequence, LongConsumer action) {
      this.atNanos = atNanos;
      this.sequence = sequence;
      this.action = action;
    }
  }

  /** {@code nanoTime} may wrap: only differences of times have a meaning. */
  private static final Comparator<Entry> BY_TIME =
      (a, b) -> {
        int order = Long.signum(a.atNanos - b.atNanos);
        return order != 0 ? order : Long.compare(a.sequence, b.sequence);
      };

  private final TreeSet<Entry> entries = new TreeSet<>(BY_TIME);
  private long sequence;

  /** Arranges for an action; it is given the time at which it runs. */
  Entry add(long atNanos, LongConsumer action) {
    Entry entry = new Entry(atNanos, sequence++, action);
    entries.add(entry);
    return entry;
  }

  /** Drops an entry; one that ran or was cancelled already is ignored. */
  void cancel(Entry entry) {
    entries.remove(entry);
  }

  /** When {@link #run} is due next, or {@link Long#MAX_VALUE} if there is nothing to do. */
  long nextNanos() {
    return entries.isEmpty() ? Long.MAX_VALUE : entries.first().atNanos;
  }

  /** Runs what is due, in order. */
  void run(long nowNanos) {
    while (!entries.isEmpty() && entries.first().atNanos - nowNanos <= 0) {
      Entry due = entries.first();
      entries.remove(due);
      due.action.accept(nowNanos);
    }
  }

  /** How many entries wait. */
  int size() {
    return entries.size();
  }
}
