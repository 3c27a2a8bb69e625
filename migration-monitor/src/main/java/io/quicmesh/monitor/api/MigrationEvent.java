package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One migration of a connection (RFC 9000 section 9).
 *
 * @param gapMs the longest time without hearing around the event
 */
@JsonNaming(SnakeCaseStrategy.class)
public record MigrationEvent(
    Instant timestamp,
    String oldAddr,
    String newAddr,
    boolean validated,
    String cause,
    @Nullable Double gapMs) {}
