package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/**
 * What was measured on a session's carrier; {@code null} before the first measurement.
 *
 * @param loss share of heartbeats without an answer, 0 to 1
 * @param bandwidthBps bits a second, the delivery rate
 * @param quality 0 to 1
 */
@JsonNaming(SnakeCaseStrategy.class)
public record PathQuality(
    @Nullable Double rttMs,
    @Nullable Double jitterMs,
    @Nullable Double loss,
    @Nullable Double bandwidthBps,
    @Nullable Double quality) {
  /** A path on which nothing was measured yet. */
  public static final PathQuality UNKNOWN = new PathQuality(null, null, null, null, null);
}
