package io.quicmesh.monitor.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/** A migration event together with the connection that it belongs to. */
@JsonNaming(SnakeCaseStrategy.class)
public record MigrationEntry(String connectionId, @JsonUnwrapped MigrationEvent event) {}
