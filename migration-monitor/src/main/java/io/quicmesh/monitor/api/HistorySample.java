package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One second's values of all series: what the event {@code sample} carries. */
@JsonNaming(SnakeCaseStrategy.class)
public record HistorySample(Instant time, List<Values> series) {
  public HistorySample {
    series = List.copyOf(series);
  }

  /**
   * One series at one moment.
   *
   * @param kind {@code peer}, {@code node} or {@code relay}
   * @param values by quantity; {@code null} where nothing is known
   */
  @JsonNaming(SnakeCaseStrategy.class)
  public record Values(String name, String kind, Map<String, @Nullable Double> values) {
    public Values {
      values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }
  }
}
