package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/**
 * One underlay address that was tried, or is going to be.
 *
 * @param kind such as {@code host}, {@code observed} or {@code relay}
 * @param result such as {@code in use}, {@code timeout} or {@code not tried}
 */
@JsonNaming(SnakeCaseStrategy.class)
public record CandidateResult(String address, String kind, String result, @Nullable Double rttMs) {}
