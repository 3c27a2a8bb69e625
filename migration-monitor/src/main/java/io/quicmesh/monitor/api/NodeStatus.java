package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Map;

/**
 * A node in one object, answered to {@code GET /api/status}.
 *
 * @param kind always {@link #KIND}
 * @param id the node id in base32
 * @param network the network's id
 * @param summary one line: is all well, and if not, what is wrong
 * @param refusals hosts and peers that were refused, and sessions ended for it, by reason
 */
@JsonNaming(SnakeCaseStrategy.class)
public record NodeStatus(
    String kind,
    String node,
    String id,
    String network,
    String version,
    long uptimeS,
    boolean healthy,
    String summary,
    TapStatus tap,
    UnderlayStatus underlay,
    List<RelayLink> relays,
    int peersUp,
    int peersTotal,
    MigrationTotals migrations,
    Map<String, Long> refusals) {
  /** The value of {@code kind}, which tells a node's status from a relay's. */
  public static final String KIND = "node";

  public NodeStatus {
    relays = List.copyOf(relays);
    refusals = Map.copyOf(refusals);
  }
}
