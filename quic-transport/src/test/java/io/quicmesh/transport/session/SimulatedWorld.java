package io.quicmesh.transport.session;

import java.util.PriorityQueue;
import java.util.Random;

/** A clock and a queue of events: nothing happens but in its order. Same seed, same run. */
final class SimulatedWorld {

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  final Random random;
  private long nowNanos = 1_000_000_000L;
  private long sequence;

  SimulatedWorld(long seed) {
    random = new Random(seed);
  }

  private record Event(long atNanos, long sequence, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }

  long nowNanos() {
    return nowNanos;
  }

  void at(long nanos, Runnable action) {
    events.add(new Event(Math.max(nowNanos, nanos), sequence++, action));
  }

  void after(long nanos, Runnable action) {
    at(nowNanos + nanos, action);
  }

  /** Runs what is due up to a time from now. */
  void runFor(long nanos) {
    long end = nowNanos + nanos;
    while (!events.isEmpty() && events.element().atNanos <= end) {
      Event event = events.remove();
      nowNanos = event.atNanos;
      event.action.run();
    }
    nowNanos = end;
  }
}
