package io.quicmesh.node.world;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * One direction of the underlay between two hosts. What is lost on it is sent again by QUIC, so
 * here it is only late; while the wire is cut it waits.
 */
public final class Wire {

  private static final long RESEND_NANOS_MIN = 10_000_000;
  private static final int RESEND_MILLIS_MAX = 600;

  private final WorldClock clock;
  private final String name;
  private final List<Item> waiting = new ArrayList<>();
  private long latencyNanos;
  private long jitterNanos;
  private long nanosPerByte;
  private int lossPermille;
  private boolean cut;
  private long urgentUntilNanos;
  private long busyUntilNanos;

  Wire(WorldClock clock, String name, long latencyNanos) {
    this.clock = clock;
    this.name = name;
    this.latencyNanos = latencyNanos;
  }

  /** What must arrive one behind the other: the bytes of a stream, the messages of a connection. */
  static final class Order {
    private final Deque<Item> items = new ArrayDeque<>();

    /** Nothing that is still under way arrives any more. */
    void drop() {
      items.clear();
    }
  }

  private static final class Item {
    private final Order order;
    private final Runnable arrival;
    private boolean there;

    Item(Order order, Runnable arrival) {
      this.order = order;
      this.arrival = arrival;
    }
  }

  /** Sends something that arrives sooner or later. */
  void send(int bytes, boolean urgent, Order order, Runnable arrival) {
    Item item = new Item(order, arrival);
    order.items.add(item);
    clock.at(arrivalNanos(bytes, urgent), () -> arrive(item));
  }

  /** Sends something that is lost if the wire does not carry it when it arrives. */
  void sendOnce(int bytes, Runnable arrival) {
    boolean lost = clock.random().nextInt(1000) < lossPermille;
    clock.at(
        arrivalNanos(bytes, true),
        () -> {
          if (!cut && !lost) {
            arrival.run();
          }
        });
  }

  private long arrivalNanos(int bytes, boolean urgent) {
    long now = clock.nowNanos();
    long cost = bytes * nanosPerByte;
    long queue = urgent ? urgentUntilNanos : busyUntilNanos;
    long sent = Math.max(queue, now) + cost;
    busyUntilNanos = Math.max(busyUntilNanos, now) + cost;
    if (urgent) {
      urgentUntilNanos = sent;
    }
    long at = sent + latencyNanos;
    if (jitterNanos > 0) {
      at += (long) (clock.random().nextDouble() * jitterNanos);
    }
    while (lossPermille > 0 && clock.random().nextInt(1000) < lossPermille) {
      at += 2 * latencyNanos + RESEND_NANOS_MIN;
    }
    return at;
  }

  private void arrive(Item item) {
    if (cut) {
      waiting.add(item);
      return;
    }
    item.there = true;
    Deque<Item> items = item.order.items;
    while (!items.isEmpty() && items.element().there) {
      items.remove().arrival.run();
    }
  }

  /** Cuts the wire, or mends it: then QUIC sends again after a while. */
  public void setCut(boolean isCut) {
    cut = isCut;
    if (!isCut) {
      List<Item> again = List.copyOf(waiting);
      waiting.clear();
      for (Item item : again) {
        long delayMillis = 1L + clock.random().nextInt(RESEND_MILLIS_MAX);
        clock.after(latencyNanos + delayMillis * 1_000_000, () -> arrive(item));
      }
    }
  }

  public boolean isCut() {
    return cut;
  }

  public long latencyNanos() {
    return latencyNanos;
  }

  /** How long everything takes at least, and how much longer it may take. */
  public void setLatency(long nanos, long jitter) {
    latencyNanos = nanos;
    jitterNanos = jitter;
  }

  /** How much it carries; 0 for as much as one likes. */
  public void setNanosPerByte(long nanos) {
    nanosPerByte = nanos;
    if (nanos == 0) {
      busyUntilNanos = 0;
      urgentUntilNanos = 0;
    }
  }

  /** How many of a thousand packets are lost. */
  public void setLossPermille(int permille) {
    lossPermille = permille;
  }

  @Override
  public String toString() {
    return name;
  }
}
