package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/** The circuits of a relay, answered to {@code GET /api/circuits}. */
@JsonNaming(SnakeCaseStrategy.class)
public record RelayCircuits(List<RelayCircuit> circuits) {
  public RelayCircuits {
    circuits = List.copyOf(circuits);
  }
}
