package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /api/log}: sets a level while the daemon runs.
 *
 * @param name a package or class, or {@code null} for all that have no level of their own
 * @param level such as {@code debug}, or {@code null} to do as the package above does
 */
@JsonNaming(SnakeCaseStrategy.class)
public record LogRequest(@Nullable String name, @Nullable String level) {}
