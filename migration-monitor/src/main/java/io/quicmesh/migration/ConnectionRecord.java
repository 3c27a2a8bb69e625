package io.quicmesh.migration;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;

/**
 * What the tracker knows of one connection at one moment.
 *
 * @param identity the connection as it opened
 * @param local this side's underlay address now
 * @param remote the peer's underlay address now
 * @param startTime when it opened
 * @param lastSeen when it was last heard
 * @param requestCount records received
 * @param migrationCount migrations completed
 * @param state where it stands
 * @param events its last migrations, oldest first
 */
public record ConnectionRecord(
    ConnectionIdentity identity,
    InetSocketAddress local,
    InetSocketAddress remote,
    Instant startTime,
    Instant lastSeen,
    long requestCount,
    long migrationCount,
    MigrationState state,
    List<MigrationEvent> events) {

  public ConnectionRecord {
    events = List.copyOf(events);
  }

  public String connectionId() {
    return identity.connectionId();
  }
}
