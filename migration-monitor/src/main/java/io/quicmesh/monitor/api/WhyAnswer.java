package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a peer's session runs on the carrier that it has; answered to {@code GET /api/why}.
 *
 * @param decision one sentence with its numbers
 */
@JsonNaming(SnakeCaseStrategy.class)
public record WhyAnswer(
    String peer,
    String carrier,
    @Nullable Instant since,
    String decision,
    List<CandidateResult> candidates,
    @Nullable Instant nextRetry) {
  public WhyAnswer {
    candidates = List.copyOf(candidates);
  }
}
