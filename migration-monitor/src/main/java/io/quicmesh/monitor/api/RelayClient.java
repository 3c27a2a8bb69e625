package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A node that is connected to a relay.
 *
 * @param id the node id in base32
 * @param network the network's id
 * @param duplicateKey another host answers with the same key
 */
@JsonNaming(SnakeCaseStrategy.class)
public record RelayClient(
    String id,
    String network,
    String observedAddr,
    Instant since,
    @Nullable Double rttMs,
    int circuits,
    long bytesIn,
    long bytesOut,
    boolean duplicateKey) {}
