package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/** What a relay spliced since its start. */
@JsonNaming(SnakeCaseStrategy.class)
public record SpliceTotals(long bytes, long circuitsOpened, long circuitsRefused) {}
