package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/** The answer to {@code POST /api/simulate-migration}: a connection moved to a new local port. */
@JsonNaming(SnakeCaseStrategy.class)
public record SimulatedMigration(
    String connectionId, String oldAddr, String newAddr, @Nullable Double gapMs) {}
