package io.quicmesh.monitor;

import io.quicmesh.monitor.api.HistorySample;
import io.quicmesh.monitor.api.HistorySeries;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The samples of one series of the history. Owned by the admin thread. */
final class HistoryTrack {
  private static final double DECIMALS = 1000;

  private final String name;
  private final String kind;
  private final Map<String, float[]> samples = new LinkedHashMap<>();
  private final Map<String, Double> lastTotals = new HashMap<>();
  private int emptyFor;

  HistoryTrack(Reading like, int samplesMax) {
    this.name = like.name();
    this.kind = like.kind();
    like.levels().keySet().forEach(quantity -> samples.put(quantity, nothing(samplesMax)));
    like.totals().keySet().forEach(quantity -> samples.put(quantity, nothing(samplesMax)));
  }

  /** Forgets the oldest sample, in whose slot the next one goes. */
  void clear(int slot) {
    samples.values().forEach(values -> values[slot] = Float.NaN);
    emptyFor++;
  }

  /**
   * Keeps a reading.
   *
   * @param seconds since the one before; 0 when there was none
   */
  HistorySample.Values add(int slot, Reading reading, double seconds) {
    emptyFor = 0;
    reading.levels().forEach((quantity, value) -> set(slot, quantity, value));
    reading
        .totals()
        .forEach(
            (quantity, total) -> {
              Double before = lastTotals.put(quantity, total);
              boolean comparable = before != null && seconds > 0 && total >= before;
              set(slot, quantity, comparable ? (total - before) / seconds : null);
            });
    Map<String, @Nullable Double> kept = new LinkedHashMap<>();
    samples.forEach((quantity, values) -> kept.put(quantity, shown(values[slot])));
    return new HistorySample.Values(name, kind, kept);
  }

  /** Whether its peer left so long ago that no sample is left of it. */
  boolean isEmpty() {
    return emptyFor >= HistoryRing.SAMPLES_MAX;
  }

  HistorySeries series(int first, int count) {
    Map<String, List<@Nullable Double>> all = new LinkedHashMap<>();
    samples.forEach(
        (quantity, values) -> {
          List<@Nullable Double> list = new ArrayList<>(count);
          for (int i = 0; i < count; i++) {
            list.add(shown(values[(first + i) % values.length]));
          }
          all.put(quantity, list);
        });
    return new HistorySeries(name, kind, all);
  }

  private void set(int slot, String quantity, @Nullable Double value) {
    float[] values = samples.get(quantity);
    if (values != null) {
      values[slot] = value == null ? Float.NaN : value.floatValue();
    }
  }

  private static @Nullable Double shown(float value) {
    return Float.isNaN(value) ? null : Math.round(value * DECIMALS) / DECIMALS;
  }

  private static float[] nothing(int length) {
    float[] values = new float[length];
    Arrays.fill(values, Float.NaN);
    return values;
  }
}
