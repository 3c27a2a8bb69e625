package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/** The peers of a node, answered to {@code GET /api/peers}. */
@JsonNaming(SnakeCaseStrategy.class)
public record Peers(List<PeerStatus> peers) {
  public Peers {
    peers = List.copyOf(peers);
  }
}
