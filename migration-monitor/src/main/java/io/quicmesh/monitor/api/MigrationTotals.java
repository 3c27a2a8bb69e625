package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/** How many migrations run, failed and succeeded since the start. */
@JsonNaming(SnakeCaseStrategy.class)
public record MigrationTotals(int migrating, long failed, long totalSuccessful) {}
