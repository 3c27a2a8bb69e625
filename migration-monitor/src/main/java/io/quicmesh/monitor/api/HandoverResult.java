package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer to {@code POST /api/handover}, given when it is done. */
@JsonNaming(SnakeCaseStrategy.class)
public record HandoverResult(
    String result, List<HandoverStep> steps, @Nullable Double gapMs, long framesResent) {
  public HandoverResult {
    steps = List.copyOf(steps);
  }
}
