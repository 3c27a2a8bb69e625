package io.quicmesh.node.world;

import java.util.PriorityQueue;
import java.util.Random;

/** Simulated time, and everything that is to happen, in its order. */
public final class WorldClock {

  private static final int EVENTS_PER_INSTANT_MAX = 20_000;

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final Random random;
  private long nowNanos = 1_000_000_000_000L;
  private long sequence;
  private int count;
  private int peaces;

  /** A clock; all chance of its world comes from this seed. */
  public WorldClock(long seed) {
    random = new Random(seed);
  }

  private record Event(long atNanos, long sequence, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }

  /** The world's only source of chance. */
  public Random random() {
    return random;
  }

  /** True once in so many calls. */
  public boolean oneIn(int calls) {
    return random.nextInt(calls) == 0;
  }

  /** A number from {@code least} up to, and without, {@code end}. */
  public int between(int least, int end) {
    return least + random.nextInt(end - least);
  }

  /** Simulated time. */
  public long nowNanos() {
    return nowNanos;
  }

  /** How many events have happened or been planned. */
  public long sequence() {
    return sequence;
  }

  /** Plans an event; one of the past happens now, after what is planned for now already. */
  public void at(long nanos, Runnable action) {
    events.add(new Event(Math.max(nowNanos, nanos), sequence++, action));
  }

  /** Plans an event. */
  public void after(long nanos, Runnable action) {
    at(nowNanos + nanos, action);
  }

  /** Plans the end of a fault, or the next one; peace comes before it. */
  public void faultAfter(long nanos, Runnable fault) {
    int current = peaces;
    after(
        nanos,
        () -> {
          if (current == peaces) {
            fault.run();
          }
        });
  }

  /** Faults that are planned do not happen. */
  public void makePeace() {
    peaces++;
  }

  /** Lets everything happen that is due up to a time from now. */
  public void runFor(long nanos) {
    long end = nowNanos + nanos;
    while (!events.isEmpty() && events.element().atNanos <= end) {
      Event event = events.remove();
      count = event.atNanos == nowNanos ? count + 1 : 0;
      if (count > EVENTS_PER_INSTANT_MAX) {
        throw new AssertionError("time stands still");
      }
      nowNanos = event.atNanos;
      event.action.run();
    }
    nowNanos = end;
  }
}
