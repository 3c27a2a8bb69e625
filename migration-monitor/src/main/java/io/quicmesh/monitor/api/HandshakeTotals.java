package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Map;

/**
 * QUIC handshakes at a relay.
 *
 * @param failed by reason
 */
@JsonNaming(SnakeCaseStrategy.class)
public record HandshakeTotals(int pending, long completed, Map<String, Long> failed) {
  public HandshakeTotals {
    failed = Map.copyOf(failed);
  }
}
