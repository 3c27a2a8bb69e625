package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The QUIC connections, by connection id; answered to {@code GET /api/connections}. */
@JsonNaming(SnakeCaseStrategy.class)
public record Connections(Map<String, ConnectionStatus> connections) {
  public Connections {
    connections = Collections.unmodifiableMap(new LinkedHashMap<>(connections));
  }
}
