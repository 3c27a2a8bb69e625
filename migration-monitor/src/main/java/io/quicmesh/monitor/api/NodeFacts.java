package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/**
 * Everything that a node shows at one moment: one immutable snapshot, taken on its event loop.
 *
 * @param migrations the migration events of all connections, newest first
 * @param handovers newest first
 */
@JsonNaming(SnakeCaseStrategy.class)
public record NodeFacts(
    NodeStatus status,
    Peers peers,
    Connections connections,
    List<MigrationEntry> migrations,
    List<HandoverEntry> handovers)
    implements Facts {
  public NodeFacts {
    migrations = List.copyOf(migrations);
    handovers = List.copyOf(handovers);
  }
}
