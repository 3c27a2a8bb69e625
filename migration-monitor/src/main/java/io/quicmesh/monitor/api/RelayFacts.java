package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/**
 * Everything that a relay shows at one moment: one immutable snapshot, taken on its event loop.
 *
 * @param migrations the migration events of all connections, newest first
 */
@JsonNaming(SnakeCaseStrategy.class)
public record RelayFacts(
    RelayStatus status,
    List<RelayClient> clients,
    List<RelayCircuit> circuits,
    Connections connections,
    List<MigrationEntry> migrations)
    implements Facts {
  public RelayFacts {
    clients = List.copyOf(clients);
    circuits = List.copyOf(circuits);
    migrations = List.copyOf(migrations);
  }
}
