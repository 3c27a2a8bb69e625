package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /api/handover}.
 *
 * @param target {@code direct}, {@code relay} or {@code relay:HOST}
 * @param holdMs how long to stay there afterwards; {@code null}: the configured hold-down
 */
@JsonNaming(SnakeCaseStrategy.class)
public record HandoverRequest(String peer, String target, @Nullable Long holdMs) {}
