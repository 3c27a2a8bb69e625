package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/**
 * The answer to {@code POST /api/reload}.
 *
 * @param applied config keys that had changed and are in force now
 * @param needsRestart config keys that have changed and count from the next start on
 */
@JsonNaming(SnakeCaseStrategy.class)
public record ReloadAnswer(List<String> applied, List<String> needsRestart) {
  public ReloadAnswer {
    applied = List.copyOf(applied);
    needsRestart = List.copyOf(needsRestart);
  }
}
