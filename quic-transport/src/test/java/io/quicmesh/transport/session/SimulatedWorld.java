package io.quicmesh.transport.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * A clock and a queue of events: nothing happens but in its order. Same seed, same run. When it is
 * closed, everything in it must have given back its buffers.
 */
final class SimulatedWorld implements AutoCloseable {

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final List<Runnable> ends = new ArrayList<>();
  final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
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

  /** What is to be done at the world's end, in the order of these calls. */
  void atEnd(Runnable end) {
    ends.add(end);
  }

  @Override
  public void close() {
    List.copyOf(ends).forEach(Runnable::run);
    ends.clear();
    assertThat(allocator.metric().usedDirectMemory()).as("bytes not released").isZero();
    assertThat(allocator.metric().usedHeapMemory()).as("heap bytes not released").isZero();
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
