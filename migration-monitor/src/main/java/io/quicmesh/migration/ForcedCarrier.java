package io.quicmesh.migration;

import org.jspecify.annotations.Nullable;

/**
 * The operator's word: a kind of carrier, perhaps by name, and until when it counts.
 *
 * <p>Mutable; owned by the session's thread.
 */
final class ForcedCarrier {

  private @Nullable CarrierKind kind;
  private @Nullable String name;
  private long untilNanos = Deadlines.NEVER;
  private boolean byPeer;

  void set(CarrierKind wantedKind, @Nullable String wantedName, boolean saidToPeer, long until) {
    byPeer = saidToPeer;
    kind = wantedKind;
    name = wantedName;
    untilNanos = until;
  }

  void clear() {
    kind = null;
    name = null;
    untilNanos = Deadlines.NEVER;
  }

  void expire(long nowNanos) {
    if (nowNanos >= untilNanos) {
      clear();
    }
  }

  boolean wants(CarrierId carrier) {
    return carrier.kind() == kind && (name == null || name.equals(carrier.name()));
  }

  /** Whether it was said to the peer, which acts on it. */
  boolean isByPeer() {
    return byPeer;
  }

  /** Until when it counts; {@link Deadlines#NEVER} if there is none. */
  long untilNanos() {
    return untilNanos;
  }
}
