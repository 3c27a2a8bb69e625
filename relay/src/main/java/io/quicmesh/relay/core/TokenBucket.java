package io.quicmesh.relay.core;

import java.util.concurrent.TimeUnit;

/**
 * An allowance that refills at a constant rate up to a burst. Charges may overdraw it, for what has
 * already happened when it is counted. Owned by the event loop.
 */
final class TokenBucket {

  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final long ratePerSecond;
  private final long burst;

  /** Tokens in billionths, so that a refill of any length loses nothing. */
  private long billionths;

  private long refilledAtNanos;

  /**
   * A full bucket.
   *
   * @param ratePerSecond tokens a second, at least 1
   * @param burst most tokens at once, at least 1
   */
  TokenBucket(long ratePerSecond, long burst, long nowNanos) {
    this.ratePerSecond = ratePerSecond;
    this.burst = burst;
    this.billionths = burst * SECOND_NANOS;
    this.refilledAtNanos = nowNanos;
  }

  /** Takes one token if there is one. */
  boolean tryTake(long nowNanos) {
    refill(nowNanos);
    if (billionths < SECOND_NANOS) {
      return false;
    }
    billionths -= SECOND_NANOS;
    return true;
  }

  /** Takes so many tokens, into debt if need be. */
  void charge(long tokens, long nowNanos) {
    refill(nowNanos);
    billionths -= tokens * SECOND_NANOS;
  }

  /** Whether so many tokens are there. */
  boolean holds(long tokens, long nowNanos) {
    refill(nowNanos);
    return billionths >= tokens * SECOND_NANOS;
  }

  /** Whether nothing of the burst is used, so that nobody needs to remember this bucket. */
  boolean isFull(long nowNanos) {
    return holds(burst, nowNanos);
  }

  /** When so many tokens (at most the burst) will be there. */
  long holdsAtNanos(long tokens) {
    long missing = Math.max(0, tokens * SECOND_NANOS - billionths);
    return refilledAtNanos + (missing + ratePerSecond - 1) / ratePerSecond;
  }

  private void refill(long nowNanos) {
    long elapsed = nowNanos - refilledAtNanos;
    if (elapsed <= 0) {
      return;
    }
    refilledAtNanos = nowNanos;
    long room = burst * SECOND_NANOS - billionths;
    billionths += elapsed >= room / ratePerSecond + 1 ? room : elapsed * ratePerSecond;
  }
}
