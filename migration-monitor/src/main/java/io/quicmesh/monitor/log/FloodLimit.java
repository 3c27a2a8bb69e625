package io.quicmesh.monitor.log;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many lines of one kind may be written: a hundred at once, and then ten a second. What others
 * can cause by sending packets cannot fill a disk. A kind is a line's pattern, before anything is
 * filled in. Owned by the thread that writes.
 */
final class FloodLimit {

  static final int LINES_AT_ONCE = 100;
  private static final long LINE_MILLIS = 100;
  private static final int KINDS_MAX = 1000;
  static final int REFUSED = -1;

  private final Map<String, Kind> kinds = new LinkedHashMap<>();

  private static final class Kind {
    private long freeMillis;
    private int leftOut;
  }

  /**
   * Whether a line may be written now.
   *
   * @return how many of its kind were left out since the last that was written, or {@link #REFUSED}
   */
  int admit(String kindOf, long nowMillis) {
    Kind kind = kinds.get(kindOf);
    if (kind == null) {
      if (kinds.size() >= KINDS_MAX) {
        kinds.clear();
      }
      kind = new Kind();
      kinds.put(kindOf, kind);
    }
    long burstStartMillis = nowMillis - LINES_AT_ONCE * LINE_MILLIS;
    boolean isClockBack = kind.freeMillis > nowMillis;
    kind.freeMillis = isClockBack ? burstStartMillis : Math.max(kind.freeMillis, burstStartMillis);
    if (kind.freeMillis + LINE_MILLIS > nowMillis) {
      kind.leftOut++;
      return REFUSED;
    }
    kind.freeMillis += LINE_MILLIS;
    int before = kind.leftOut;
    kind.leftOut = 0;
    return before;
  }
}
