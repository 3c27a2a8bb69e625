package io.quicmesh.migration;

/**
 * The longest silence of late: the time between two hearings, so that a silence which ended just
 * before an event was noticed is still charged to it.
 *
 * <p>Mutable; owned by the one thread that owns its connection.
 */
final class SilenceMeter {

  /** A silence that ended longer ago than this has nothing to do with an event now. */
  private static final long RECENT_NANOS = 1_000_000_000L;

  private long lastHeardNanos;
  private long longestNanos;
  private long longestEndedNanos;

  SilenceMeter(long nowNanos) {
    lastHeardNanos = nowNanos;
    longestEndedNanos = nowNanos;
  }

  /** Ends the silence that runs; returns its length. */
  long handleHeard(long nowNanos) {
    long silenceNanos = nowNanos - lastHeardNanos;
    if (silenceNanos >= longestNanos || nowNanos - longestEndedNanos > RECENT_NANOS) {
      longestNanos = silenceNanos;
      longestEndedNanos = nowNanos;
    }
    lastHeardNanos = nowNanos;
    return silenceNanos;
  }

  long lastHeardNanos() {
    return lastHeardNanos;
  }

  /** The longest silence that still runs or ended lately. */
  long longestRecentNanos(long nowNanos) {
    long running = nowNanos - lastHeardNanos;
    boolean recent = nowNanos - longestEndedNanos <= RECENT_NANOS;
    return recent ? Math.max(longestNanos, running) : running;
  }
}
