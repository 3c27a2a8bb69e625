package io.quicmesh.tap;

import java.util.EnumMap;
import java.util.Map;

/** The running counts of a TAP device; owned by its event loop. */
final class TapTally {
  private final Map<TapDropReason, Long> dropped = new EnumMap<>(TapDropReason.class);
  private long framesIn;
  private long bytesIn;
  private long framesOut;
  private long bytesOut;
  private long framesDropped;

  void countIn(int frameBytes) {
    framesIn++;
    bytesIn += frameBytes;
  }

  void countOut(int frameBytes) {
    framesOut++;
    bytesOut += frameBytes;
  }

  void countDropped(TapDropReason reason) {
    dropped.merge(reason, 1L, Long::sum);
    framesDropped++;
  }

  /** For all reasons together. */
  long framesDropped() {
    return framesDropped;
  }

  TapCounters snapshot() {
    return new TapCounters(framesIn, bytesIn, framesOut, bytesOut, dropped);
  }
}
