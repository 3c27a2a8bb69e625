package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;

/**
 * A circuit that a relay splices.
 *
 * @param from node id of the side that opened it
 * @param to node id of the other side
 * @param bytes both directions
 */
@JsonNaming(SnakeCaseStrategy.class)
public record RelayCircuit(String network, String from, String to, Instant since, long bytes) {}
