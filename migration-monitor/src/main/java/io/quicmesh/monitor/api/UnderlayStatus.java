package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Map;

/**
 * A node's UDP port and what it keeps for its sessions.
 *
 * @param gateRejected packets that the gate refused, by reason
 * @param bufferBytes unacknowledged and staged bytes of all sessions
 * @param bufferBytesMax the limit of {@code bufferBytes}
 */
@JsonNaming(SnakeCaseStrategy.class)
public record UnderlayStatus(
    String localAddr,
    long bytesSent,
    long bytesReceived,
    Map<String, Long> gateRejected,
    long heartbeatsLost,
    long bufferBytes,
    long bufferBytesMax) {
  public UnderlayStatus {
    gateRejected = Map.copyOf(gateRejected);
  }
}
