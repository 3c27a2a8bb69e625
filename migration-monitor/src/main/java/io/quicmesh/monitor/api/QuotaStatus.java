package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * One limit of a relay and how near it is.
 *
 * @param used the value now; of several clients, the largest
 * @param limit 0 is no limit
 * @param hits how often the limit refused or slowed something
 */
@JsonNaming(SnakeCaseStrategy.class)
public record QuotaStatus(String name, long used, long limit, long hits) {}
