package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.List;

/** The last quarter of an hour, a sample a second; answered to {@code GET /api/history}. */
@JsonNaming(SnakeCaseStrategy.class)
public record History(long intervalMs, List<Instant> times, List<HistorySeries> series) {
  public History {
    times = List.copyOf(times);
    series = List.copyOf(series);
  }
}
