package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /api/simulate-migration}.
 *
 * @param target a peer's name, {@code relay:HOST}, or {@code null} for all connections
 */
@JsonNaming(SnakeCaseStrategy.class)
public record SimulateMigrationRequest(@Nullable String target) {}
