package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.List;

/**
 * One QUIC connection and its migrations.
 *
 * @param connectionId the id that the server chose in the handshake, in hex
 * @param kind {@code relay} or {@code direct}
 * @param role {@code client} or {@code server}: this end's
 * @param peer the node's name, or the relay's address
 * @param requestCount records received
 * @param migrationState {@code STABLE}, {@code MIGRATING}, {@code COMPLETED} or {@code FAILED}
 */
@JsonNaming(SnakeCaseStrategy.class)
public record ConnectionStatus(
    String connectionId,
    String kind,
    String role,
    String peer,
    String localAddr,
    String remoteAddr,
    Instant startTime,
    Instant lastSeen,
    long requestCount,
    long migrationCount,
    String migrationState,
    List<MigrationEvent> migrationEvents) {
  public ConnectionStatus {
    migrationEvents = List.copyOf(migrationEvents);
  }
}
