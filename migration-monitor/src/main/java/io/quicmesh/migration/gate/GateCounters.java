package io.quicmesh.migration.gate;

import java.util.EnumMap;
import java.util.Map;

/**
 * How often each thing happened at the gate. Counting allocates nothing.
 *
 * <p>Mutable; owned by the gate's thread.
 */
final class GateCounters {

  private final Map<GateReason, Tally> tallies = new EnumMap<>(GateReason.class);

  private static final class Tally {
    long count;
  }

  GateCounters() {
    for (GateReason reason : GateReason.values()) {
      tallies.put(reason, new Tally());
    }
  }

  void add(GateReason reason) {
    tally(reason).count++;
  }

  long count(GateReason reason) {
    return tally(reason).count;
  }

  private Tally tally(GateReason reason) {
    Tally tally = tallies.get(reason);
    if (tally == null) {
      throw new AssertionError("every reason has a tally");
    }
    return tally;
  }

  Map<GateReason, Long> all() {
    Map<GateReason, Long> all = new EnumMap<>(GateReason.class);
    tallies.forEach((reason, tally) -> all.put(reason, tally.count));
    return all;
  }
}
