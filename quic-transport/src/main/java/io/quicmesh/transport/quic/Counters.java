package io.quicmesh.transport.quic;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** The counters of one endpoint. Owned by its event loop. */
final class Counters {

  private static final class Value {
    private long count;
  }

  private final Map<Counter, Value> values = new EnumMap<>(Counter.class);

  Counters() {
    for (Counter counter : Counter.values()) {
      values.put(counter, new Value());
    }
  }

  void add(Counter counter) {
    of(counter).count++;
  }

  void add(Counter counter, long more) {
    of(counter).count += more;
  }

  long get(Counter counter) {
    return of(counter).count;
  }

  private Value of(Counter counter) {
    return Objects.requireNonNull(values.get(counter));
  }

  Map<String, Long> snapshot() {
    Map<String, Long> all = new LinkedHashMap<>();
    for (Counter counter : Counter.values()) {
      all.put(counter.key(), get(counter));
    }
    return all;
  }
}
