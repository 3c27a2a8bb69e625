package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Map;

/**
 * A node's UDP port and what it keeps for its sessions.
 *
 * @param gateRejected packets that were dropped or held, by reason; those that the gate did not
 *     admit at once count as reason {@code gate}
 * @param gate what the gate did with packets, challenges and answers, by reason; a packet that was
 *     held is counted again when it is released or expires
 * @param bufferBytes unacknowledged and staged bytes of all sessions
 * @param bufferBytesMax the limit of {@code bufferBytes}
 */
@JsonNaming(SnakeCaseStrategy.class)
public record UnderlayStatus(
    String localAddr,
    long bytesSent,
    long bytesReceived,
    Map<String, Long> gateRejected,
    Map<String, Long> gate,
    long heartbeatsLost,
    long bufferBytes,
    long bufferBytesMax) {
  public UnderlayStatus {
    gateRejected = Map.copyOf(gateRejected);
    gate = Map.copyOf(gate);
  }
}
