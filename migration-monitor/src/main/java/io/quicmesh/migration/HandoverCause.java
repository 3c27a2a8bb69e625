package io.quicmesh.migration;

import java.util.Locale;

/** Why a session's lanes move, or should move, from one carrier to another. */
public enum HandoverCause {
  /** Direct comes before relay. */
  PREFER_DIRECT,
  /** A direct carrier works again after it was left. */
  RECOVERED,
  /** Another carrier of the same kind is better by more than the margin. */
  BETTER,
  /** The direct carrier is measurably worse than the relay. */
  WORSE,
  /** Nothing is heard on the carrier, which may be dead or not. */
  SILENCE,
  /** The carrier is gone. */
  DEAD,
  /** The carrier's path carries small packets only. */
  SMALL_PACKETS,
  /** The relay asked its nodes to leave. */
  DRAIN,
  /** The connection is replaced by a new one between the same nodes. */
  RENEWAL,
  /** The operator asked for it. */
  FORCED,
  /** The peer asked for it, for reasons of its own. */
  PEER;

  /** The name as logs and the API show it, for example {@code prefer-direct}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether the session may be without a working carrier, so that either side begins at once. */
  boolean isUrgent() {
    return this == SILENCE || this == DEAD || this == SMALL_PACKETS;
  }

  /**
   * Whether the carrier that was left has shown a weakness, rather than another a strength. What
   * the peer did for reasons of its own is not undone at once either, except that direct comes
   * before relay.
   */
  boolean blames(CarrierId left, CarrierId to) {
    if (this == PEER) {
      return to.kind() == CarrierKind.RELAY && !left.equals(to);
    }
    return (isUrgent() || this == WORSE) && !left.equals(to);
  }
}
