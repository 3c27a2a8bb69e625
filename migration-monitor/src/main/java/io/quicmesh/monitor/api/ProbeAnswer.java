package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * The answer to {@code GET /api/test}: a probe went to the peer and came back over this connection.
 */
@JsonNaming(SnakeCaseStrategy.class)
public record ProbeAnswer(String peer, String carrier, double rttMs, ConnectionStatus connection) {}
