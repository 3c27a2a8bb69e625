package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/**
 * The answer to {@code POST /api/simulate-migration} without a target: every connection that moved.
 */
@JsonNaming(SnakeCaseStrategy.class)
public record SimulatedMigrations(List<SimulatedMigration> migrations) {
  public SimulatedMigrations {
    migrations = List.copyOf(migrations);
  }
}
