package io.quicmesh.migration;

import org.jspecify.annotations.Nullable;

/**
 * The highest attempt that was seen of either side, and the next one of ours.
 *
 * <p>Mutable; owned by the session's thread.
 */
final class AttemptCounter {

  private final String nodeId;
  private @Nullable Attempt highest;

  AttemptCounter(String nodeId) {
    this.nodeId = nodeId;
  }

  /** An attempt of ours that is higher than all before. */
  Attempt next() {
    Attempt next = new Attempt(highest == null ? 1 : highest.counter() + 1, nodeId);
    highest = next;
    return next;
  }

  /** Takes an attempt of the peer if it is higher than all before; else the one that beats it. */
  @Nullable Attempt admit(Attempt attempt) {
    Attempt known = highest;
    if (known != null && attempt.compareTo(known) <= 0) {
      return known;
    }
    highest = attempt;
    return null;
  }
}
