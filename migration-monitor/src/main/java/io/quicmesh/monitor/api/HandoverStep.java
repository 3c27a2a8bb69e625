package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * One step of a handover.
 *
 * @param name as the state is called, such as {@code RESUMING}
 * @param ms how long it took
 */
@JsonNaming(SnakeCaseStrategy.class)
public record HandoverStep(String name, double ms) {}
