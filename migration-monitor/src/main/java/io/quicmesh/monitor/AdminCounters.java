package io.quicmesh.monitor;

import java.util.Map;
import java.util.TreeMap;

/** What the admin server refused or dropped, by reason. Owned by the admin thread. */
final class AdminCounters {
  private final Map<String, Long> counts = new TreeMap<>();

  void count(String reason) {
    counts.merge(reason, 1L, Long::sum);
  }

  long get(String reason) {
    return counts.getOrDefault(reason, 0L);
  }

  Map<String, Long> all() {
    return Map.copyOf(counts);
  }
}
