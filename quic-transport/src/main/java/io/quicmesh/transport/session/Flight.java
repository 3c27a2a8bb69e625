package io.quicmesh.transport.session;

import org.jspecify.annotations.Nullable;

/**
 * The unacknowledged bytes of a session, and how many more there may be: bounded by what the path
 * delivers, and by what the session shares with others on its carrier and on its node. Owned by the
 * event loop.
 */
final class Flight {

  private final SessionConfig config;
  private final FlightBudget nodeBudget;
  private @Nullable Carrier carrier;
  private FlightBound bound;
  private long bytes;
  private long elsewhereBytes;

  Flight(SessionConfig config, FlightBudget nodeBudget) {
    this.config = config;
    this.nodeBudget = nodeBudget;
    this.bound = new FlightBound(config.flightBytesMax(), 0);
  }

  FlightBound bound() {
    return bound;
  }

  long bytes() {
    return bytes;
  }

  /** Bytes that may be sent now; what is awaited elsewhere does not burden the carrier in use. */
  long freeBytes() {
    Carrier on = carrier;
    if (on == null) {
      return 0;
    }
    long most = bound.bytes();
    if (on.kind() == Carrier.Kind.CIRCUIT) {
      most = Math.min(most, config.circuitFlightBytesMax());
    }
    long shared = Math.min(on.flightBudget().freeBytes(), nodeBudget.freeBytes());
    return Math.min(most - (bytes - elsewhereBytes), shared);
  }

  /** Notes bytes that were sent; negative for those that were acknowledged or are lost. */
  void add(long change) {
    bytes += change;
    nodeBudget.add(change);
    if (carrier != null) {
      carrier.flightBudget().add(change);
    }
  }

  /** From now on the session is on this carrier, or on none; nothing is known of its path. */
  void moveTo(@Nullable Carrier to) {
    long all = bytes;
    add(-all);
    carrier = to;
    add(all);
    if (to != null) {
      bound = new FlightBound(config.flightBytesMax(), bound.deliveredBytes());
    }
  }

  boolean isAnyElsewhere() {
    return elsewhereBytes > 0;
  }

  /** Bytes that are awaited on a carrier which was left in order. */
  void setElsewhereBytes(long awaitedElsewhere) {
    elsewhereBytes = awaitedElsewhere;
  }

  /** Nothing is awaited any more: the session is over, or the peer has lost it. */
  void clear() {
    add(-bytes);
    carrier = null;
    elsewhereBytes = 0;
  }
}
