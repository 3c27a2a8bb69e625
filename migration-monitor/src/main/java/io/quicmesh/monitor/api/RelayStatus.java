package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Map;

/**
 * A relay in one object, answered to {@code GET /api/status}.
 *
 * @param kind always {@link #KIND}
 * @param relay the relay's key fingerprint
 * @param listen the addresses that it is bound to
 * @param clients node connections that are up
 * @param circuits circuits that are up
 * @param rejected datagrams and requests refused, by reason; packets that the gate did not admit at
 *     once count as {@code dropped_gate}
 * @param gate what the gate did with packets, challenges and answers, by reason; a packet that was
 *     held is counted again when it is released or expires
 */
@JsonNaming(SnakeCaseStrategy.class)
public record RelayStatus(
    String kind,
    String relay,
    String version,
    long uptimeS,
    boolean healthy,
    String summary,
    List<String> listen,
    boolean draining,
    int clients,
    int circuits,
    SpliceTotals spliced,
    HandshakeTotals handshakes,
    List<QuotaStatus> quotas,
    Map<String, Long> rejected,
    Map<String, Long> gate,
    MigrationTotals migrations) {
  /** The value of {@code kind}, which tells a relay's status from a node's. */
  public static final String KIND = "relay";

  public RelayStatus {
    listen = List.copyOf(listen);
    quotas = List.copyOf(quotas);
    rejected = Map.copyOf(rejected);
    gate = Map.copyOf(gate);
  }
}
