package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Map;

/**
 * How a daemon's log is set; answered to {@code GET} and {@code POST /api/log}.
 *
 * @param format {@code plain} or {@code json}
 * @param level of everything that {@code levels} does not name
 * @param levels by package
 */
@JsonNaming(SnakeCaseStrategy.class)
public record LogState(
    String format, boolean maskAddresses, String level, Map<String, String> levels) {
  public LogState {
    levels = Map.copyOf(levels);
  }
}
