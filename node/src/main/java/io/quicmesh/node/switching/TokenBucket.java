package io.quicmesh.node.switching;

/** Lets so many through a second, and some more at once. Owned by the event loop. */
final class TokenBucket {

  private final long nanosPerToken;
  private final long burstNanos;
  private long fullAtNanos;

  TokenBucket(int perSecond, int burst, long nowNanos) {
    nanosPerToken = 1_000_000_000L / perSecond;
    burstNanos = nanosPerToken * burst;
    fullAtNanos = nowNanos;
  }

  /** Takes one token if there is one. */
  boolean take(long nowNanos) {
    long base = fullAtNanos - nowNanos > 0 ? fullAtNanos : nowNanos;
    if (base - nowNanos + nanosPerToken > burstNanos) {
      return false;
    }
    fullAtNanos = base + nanosPerToken;
    return true;
  }
}
