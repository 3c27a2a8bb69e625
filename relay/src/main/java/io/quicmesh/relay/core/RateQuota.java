package io.quicmesh.relay.core;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes a second one node, or one network, may send through the relay. Splices that find
 * it used up wait here without reading, so that flow control slows the sender.
 */
final class RateQuota {

  /** A burst lasts so long at the allowed rate: enough to hide the timer, too short to matter. */
  private static final int BURSTS_PER_SECOND = 5;

  /** Waiting splices go on when this part of a burst is there, not at every byte. */
  private static final int RESUME_PART = 4;

  private static final long BURST_BYTES_MIN = 64 * 1024;

  private final @Nullable TokenBucket bucket;
  private final long burst;
  private final Set<RateQuota> awaited;
  private final Set<StreamSplice> waiting = new LinkedHashSet<>();
  private long hits;

  /**
   * A full quota.
   *
   * @param bytesPerSecond 0 for no limit
   * @param awaited the quotas that a splice waits for; this one adds and removes itself
   */
  RateQuota(long bytesPerSecond, Set<RateQuota> awaited, long nowNanos) {
    this.awaited = awaited;
    this.burst = Math.max(BURST_BYTES_MIN, bytesPerSecond / BURSTS_PER_SECOND);
    this.bucket = bytesPerSecond == 0 ? null : new TokenBucket(bytesPerSecond, burst, nowNanos);
  }

  void charge(long bytes, long nowNanos) {
    if (bucket != null) {
      bucket.charge(bytes, nowNanos);
    }
  }

  boolean isExhausted(long nowNanos) {
    return bucket != null && !bucket.holds(1, nowNanos);
  }

  void await(StreamSplice splice) {
    hits++;
    waiting.add(splice);
    awaited.add(this);
  }

  void forget(StreamSplice splice) {
    if (waiting.remove(splice) && waiting.isEmpty()) {
      awaited.remove(this);
    }
  }

  long nextDeadlineNanos() {
    return bucket == null || waiting.isEmpty()
        ? Long.MAX_VALUE
        : bucket.holdsAtNanos(burst / RESUME_PART);
  }

  void handleDeadline(long nowNanos) {
    if (bucket != null && bucket.holds(burst / RESUME_PART, nowNanos)) {
      List<StreamSplice> ready = List.copyOf(waiting);
      waiting.clear();
      awaited.remove(this);
      ready.forEach(splice -> splice.handleQuota(nowNanos));
    }
  }

  /** How often a splice had to wait. */
  long hits() {
    return hits;
  }
}
