package io.quicmesh.monitor.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * One peer of a node: one flat JSON object of all its parts.
 *
 * @param handovers how many were done since the start
 */
@JsonNaming(SnakeCaseStrategy.class)
public record PeerStatus(
    @JsonUnwrapped PeerIdentity identity,
    @JsonUnwrapped PeerCarrier current,
    @JsonUnwrapped PathQuality path,
    @JsonUnwrapped DirectAttempts direct,
    long handovers,
    FrameCounts frames) {}
