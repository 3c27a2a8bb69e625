package io.quicmesh.tap;

import java.util.Map;

/**
 * What went through a TAP device since it was opened, at one moment.
 *
 * @param framesIn frames read from the host; a superframe counts once
 * @param bytesIn their bytes, without virtio-net headers
 * @param framesOut frames that the kernel accepted, after segmentation by this device if any
 * @param bytesOut their bytes, without virtio-net headers
 * @param dropped frames that were dropped, by reason; reasons that never occurred are absent
 */
public record TapCounters(
    long framesIn, long bytesIn, long framesOut, long bytesOut, Map<TapDropReason, Long> dropped) {
  public TapCounters {
    dropped = Map.copyOf(dropped);
  }
}
