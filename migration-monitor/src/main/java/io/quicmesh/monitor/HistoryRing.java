package io.quicmesh.monitor;

import io.quicmesh.monitor.api.Facts;
import io.quicmesh.monitor.api.History;
import io.quicmesh.monitor.api.HistorySample;
import io.quicmesh.monitor.api.HistorySeries;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last quarter of an hour at a sample a second, for charts that survive a reload of the page.
 * Bounded in samples and in series. Owned by the admin thread.
 */
final class HistoryRing {
  static final int SAMPLES_MAX = 900;
  static final int SERIES_MAX = 64;
  static final long INTERVAL_MILLIS = 1000;

  private final Instant[] times = new Instant[SAMPLES_MAX];
  private final Map<String, HistoryTrack> tracks = new LinkedHashMap<>();
  private long samples;
  private long lastNanos;

  /** Takes a snapshot into the history and returns what was kept of it. */
  HistorySample add(Facts facts, Instant time, long nowNanos) {
    double seconds = samples == 0 ? 0 : (nowNanos - lastNanos) / 1e9;
    lastNanos = nowNanos;
    int slot = (int) (samples++ % SAMPLES_MAX);
    times[slot] = time;
    tracks.values().forEach(track -> track.clear(slot));
    List<HistorySample.Values> values = new ArrayList<>();
    for (Reading reading : Reading.of(facts)) {
      HistoryTrack track = track(reading);
      if (track != null) {
        values.add(track.add(slot, reading, seconds));
      }
    }
    tracks.values().removeIf(HistoryTrack::isEmpty);
    return new HistorySample(time, values);
  }

  /** All samples, oldest first. */
  History history() {
    int count = (int) Math.min(samples, SAMPLES_MAX);
    int first = (int) ((samples - count) % SAMPLES_MAX);
    List<Instant> kept = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      kept.add(times[(first + i) % SAMPLES_MAX]);
    }
    List<HistorySeries> series = new ArrayList<>();
    tracks.values().forEach(track -> series.add(track.series(first, count)));
    return new History(INTERVAL_MILLIS, kept, series);
  }

  private @Nullable HistoryTrack track(Reading reading) {
    String key = reading.kind() + ' ' + reading.name();
    HistoryTrack known = tracks.get(key);
    if (known != null || tracks.size() >= SERIES_MAX) {
      return known;
    }
    HistoryTrack fresh = new HistoryTrack(reading, SAMPLES_MAX);
    tracks.put(key, fresh);
    return fresh;
  }
}
