package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/**
 * A relay as a node sees it.
 *
 * @param state {@code up}, {@code connecting} or {@code down}
 * @param observedAddr this node's own underlay address as the relay sees it
 * @param reason why it is not up
 */
@JsonNaming(SnakeCaseStrategy.class)
public record RelayLink(
    String address,
    String state,
    @Nullable Double rttMs,
    @Nullable String observedAddr,
    @Nullable String reason) {}
