package io.quicmesh.node.registrar;

import io.quicmesh.transport.wire.Fingerprint;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Limits attempts at the registrar: in all by a token bucket, because a key costs a stranger
 * nothing, and those of one key that has shown wrong tokens. Owned by the registrar's thread.
 */
public final class AttemptLimit {

  /** Attempts at once, and refilled one per {@link #REFILL}. */
  static final int BURST = 30;

  static final Duration REFILL = Duration.ofMillis(200);

  /** Wrong tokens of one key until it must wait for {@link #PENALTY}. */
  static final int WRONG_MAX = 5;

  static final Duration PENALTY = Duration.ofMinutes(10);

  private static final int KEYS_MAX = 1_024;

  private final Map<Fingerprint, Wrong> wrong = new LinkedHashMap<>();
  private long emptyUntilNanos;
  private boolean used;

  private record Wrong(int count, long untilNanos) {}

  /** Whether an attempt of this key may be looked at now; it counts if so. */
  public boolean admits(Fingerprint key, long nowNanos) {
    Wrong earlier = wrong.get(key);
    if (earlier != null && earlier.untilNanos - nowNanos <= 0) {
      wrong.remove(key);
    } else if (earlier != null && earlier.count >= WRONG_MAX) {
      return false;
    }
    long full = nowNanos - BURST * REFILL.toNanos();
    if (!used || emptyUntilNanos - full < 0) {
      emptyUntilNanos = full;
      used = true;
    }
    if (emptyUntilNanos + REFILL.toNanos() - nowNanos > 0) {
      return false;
    }
    emptyUntilNanos += REFILL.toNanos();
    return true;
  }

  /** An attempt of this key showed a wrong token. */
  public void handleWrong(Fingerprint key, long nowNanos) {
    Wrong earlier = wrong.remove(key);
    int count = earlier == null ? 1 : earlier.count + 1;
    wrong.put(key, new Wrong(count, nowNanos + PENALTY.toNanos()));
    if (wrong.size() > KEYS_MAX) {
      wrong.remove(wrong.keySet().iterator().next());
    }
  }
}
