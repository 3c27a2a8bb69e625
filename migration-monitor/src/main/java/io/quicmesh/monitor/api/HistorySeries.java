package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The samples of one peer, or of the whole node or relay, in the order of the history's times.
 *
 * @param kind {@code peer}, {@code node} or {@code relay}
 * @param values by quantity, such as {@code rtt_ms}; {@code null} where nothing is known
 */
@JsonNaming(SnakeCaseStrategy.class)
public record HistorySeries(String name, String kind, Map<String, List<@Nullable Double>> values) {}
