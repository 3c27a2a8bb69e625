package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Map;

/**
 * What passed between this node and a peer since the start.
 *
 * @param dropped frames by reason
 */
@JsonNaming(SnakeCaseStrategy.class)
public record FrameCounts(
    long sent,
    long received,
    long bytesSent,
    long bytesReceived,
    long retransmitted,
    long duplicatesDropped,
    Map<String, Long> dropped) {
  public FrameCounts {
    dropped = Map.copyOf(dropped);
  }
}
