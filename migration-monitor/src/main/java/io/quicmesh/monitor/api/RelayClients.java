package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/** The clients of a relay, answered to {@code GET /api/clients}. */
@JsonNaming(SnakeCaseStrategy.class)
public record RelayClients(List<RelayClient> clients) {
  public RelayClients {
    clients = List.copyOf(clients);
  }
}
