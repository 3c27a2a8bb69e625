package io.quicmesh.tap.link;

/**
 * Decides when a burst of events is over: after a time without any, or when it has lasted too long.
 * Events far apart in time never wait for more than the quiet time.
 */
final class QuietPeriod {
  private final long quietNanos;
  private final long delayMaxNanos;
  private boolean pending;
  private long firstNanos;
  private long lastNanos;

  QuietPeriod(long quietNanos, long delayMaxNanos) {
    this.quietNanos = quietNanos;
    this.delayMaxNanos = delayMaxNanos;
  }

  void handleEvent(long nowNanos) {
    if (!pending) {
      pending = true;
      firstNanos = nowNanos;
    }
    lastNanos = nowNanos;
  }

  /** Whether events wait for their burst's end. */
  boolean isPending() {
    return pending;
  }

  /** When the burst is over if nothing more comes. */
  long deadlineNanos() {
    long fromFirst = firstNanos + delayMaxNanos;
    long fromLast = lastNanos + quietNanos;
    return fromFirst - fromLast < 0 ? fromFirst : fromLast;
  }

  void clear() {
    pending = false;
  }
}
