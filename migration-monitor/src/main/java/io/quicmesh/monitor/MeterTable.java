package io.quicmesh.monitor;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Meters whose values are copied from snapshots: those that a snapshot no longer names disappear,
 * so that a revoked peer leaves no line behind. Owned by the admin thread.
 */
final class MeterTable {
  private final MeterRegistry registry;
  private final Map<Key, Entry> entries = new HashMap<>();
  private long round;

  MeterTable(MeterRegistry registry) {
    this.registry = registry;
  }

  private record Key(String name, Tags tags) {}

  private static final class Entry {
    private double value;
    private long round;
    private final Meter meter;

    Entry(Function<Entry, Meter> register) {
      this.meter = register.apply(this);
    }

    double value() {
      return value;
    }
  }

  /** Begins a snapshot. */
  void begin() {
    round++;
  }

  /** Sets a counter to its total since the start. */
  void counter(String name, String help, Tags tags, long total) {
    set(
        new Key(name, tags),
        (double) total,
        entry ->
            FunctionCounter.builder(name, entry, Entry::value)
                .description(help)
                .tags(tags)
                .register(registry));
  }

  void gauge(String name, String help, Tags tags, double value) {
    set(
        new Key(name, tags),
        value,
        entry ->
            Gauge.builder(name, entry, Entry::value)
                .description(help)
                .tags(tags)
                .register(registry));
  }

  /** Ends a snapshot: what it did not set is removed. */
  void end() {
    entries
        .values()
        .removeIf(
            entry -> {
              boolean stale = entry.round != round;
              if (stale) {
                registry.remove(entry.meter);
              }
              return stale;
            });
  }

  private void set(Key key, double value, Function<Entry, Meter> register) {
    Entry entry = entries.get(key);
    if (entry == null) {
      entry = new Entry(register);
      entries.put(key, entry);
    }
    entry.value = value;
    entry.round = round;
  }
}
