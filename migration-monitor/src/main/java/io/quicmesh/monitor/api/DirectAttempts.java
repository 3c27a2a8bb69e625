package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The attempts to reach a peer directly.
 *
 * @param nextRetry {@code null} while direct, or when none is planned
 */
@JsonNaming(SnakeCaseStrategy.class)
public record DirectAttempts(
    @Nullable Instant lastDirectSuccess,
    long directFailures,
    long retries,
    @Nullable Instant nextRetry) {}
