package io.quicmesh.transport.quic;

import java.util.Map;
import java.util.TreeMap;

/** Counters of {@link QuicEndpoint#counters()} that count one kind of thing by reason. */
public enum CounterGroup {
  /** Datagrams that were dropped, or held by the gate. */
  DROPPED("dropped_"),
  /** What the gate did with packets, challenges and answers. */
  GATE("gate_");

  private final String prefix;

  CounterGroup(String prefix) {
    this.prefix = prefix;
  }

  /** The name of the group's counter for a reason. */
  String key(String reason) {
    return prefix + reason;
  }

  /**
   * The group's counts by reason.
   *
   * @param counters by name; those of other groups are left out
   */
  public Map<String, Long> of(Map<String, Long> counters) {
    Map<String, Long> byReason = new TreeMap<>();
    counters.forEach(
        (name, count) -> {
          if (name.startsWith(prefix)) {
            byReason.put(name.substring(prefix.length()), count);
          }
        });
    return byReason;
  }
}
