package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Map;

/**
 * The TAP device of a node.
 *
 * @param offloads what the kernel granted, such as {@code tso4}
 * @param framesIn read from the device
 * @param framesOut written to the device
 * @param dropped frames by reason; {@code tap_ring} are the device's own
 */
@JsonNaming(SnakeCaseStrategy.class)
public record TapStatus(
    String name,
    String mac,
    int mtu,
    List<String> offloads,
    long framesIn,
    long framesOut,
    long bytesIn,
    long bytesOut,
    Map<String, Long> dropped) {
  public TapStatus {
    offloads = List.copyOf(offloads);
    dropped = Map.copyOf(dropped);
  }
}
