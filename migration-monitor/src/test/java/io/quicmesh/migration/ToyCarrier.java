package io.quicmesh.migration;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A carrier between two toy nodes: streams that keep their own order and not one another's, delays,
 * cuts in either direction (what is sent waits, as QUIC sends it again), and death.
 */
final class ToyCarrier {

  final CarrierId id;
  private final Random random;
  private final long delayNanos;
  private final List<Message> inFlight = new ArrayList<>();
  private final boolean[] cut = new boolean[2];
  private boolean dead;

  /** Something on its way to a side, on a stream. */
  record Message(int side, int stream, long atNanos, Object content) {}

  ToyCarrier(CarrierId id, long delayNanos, Random random) {
    this.id = id;
    this.delayNanos = delayNanos;
    this.random = random;
  }

  void send(int fromSide, int stream, Object content, long nowNanos) {
    if (dead) {
      return;
    }
    int side = 1 - fromSide;
    long at = nowNanos + delayNanos + (long) (random.nextDouble() * delayNanos);
    for (Message message : inFlight) {
      if (message.side == side && message.stream == stream) {
        at = Math.max(at, message.atNanos);
      }
    }
    inFlight.add(new Message(side, stream, at, content));
  }

  /** What has arrived at a side by now, in an order that each stream allows. */
  List<Message> arrivals(int side, long nowNanos) {
    List<Message> arrived = new ArrayList<>();
    if (dead || cut[side]) {
      return arrived;
    }
    for (Message message : inFlight) {
      if (message.side == side && message.atNanos <= nowNanos) {
        arrived.add(message);
      }
    }
    inFlight.removeAll(arrived);
    return arrived;
  }

  /** Cuts or heals the direction towards a side. */
  void setCut(int side, boolean isCut) {
    cut[side] = isCut;
  }

  boolean isCut() {
    return cut[0] || cut[1];
  }

  void die() {
    dead = true;
    inFlight.clear();
  }

  boolean isDead() {
    return dead;
  }

  long rttNanos() {
    return 3 * delayNanos;
  }
}
