package io.quicmesh.migration;

import java.util.concurrent.TimeUnit;

/**
 * How long a carrier that was left for a weakness must be well before it is returned to: longer
 * with every flap. Five minutes without a flap forget one.
 *
 * <p>Mutable; owned by the session's thread.
 */
final class HoldDown {

  private static final long FORGET_NANOS = TimeUnit.MINUTES.toNanos(5);
  private static final int GROWTH = 4;

  private final long firstNanos;
  private final long maxNanos;
  private int flaps;
  private long lastFlapNanos;

  HoldDown(ChoiceSettings settings) {
    firstNanos = settings.holdDownNanos();
    maxNanos = settings.holdDownMaxNanos();
  }

  void handleFlap(long nowNanos) {
    flaps = flaps(nowNanos) + 1;
    lastFlapNanos = nowNanos;
  }

  /** 0 if the carrier has not flapped of late. */
  long requiredNanos(long nowNanos) {
    int remembered = flaps(nowNanos);
    if (remembered == 0) {
      return 0;
    }
    long required = firstNanos;
    for (int i = 1; i < remembered && required < maxNanos; i++) {
      required *= GROWTH;
    }
    return Math.min(required, maxNanos);
  }

  int flaps(long nowNanos) {
    return (int) Math.max(0, flaps - (nowNanos - lastFlapNanos) / FORGET_NANOS);
  }
}
