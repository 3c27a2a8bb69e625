package io.quicmesh.migration;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the choice knows of one carrier.
 *
 * <p>Mutable; owned by the session's thread.
 */
final class CarrierView {

  private static final long FAILED_FIRST_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long FAILED_MAX_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long FAILED_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** Of a path that nothing was measured of yet. */
  private static final PathQuality UNMEASURED =
      new PathQuality(false, TimeUnit.MILLISECONDS.toNanos(333), 0, 0, 0, 0, 0, 0, 0);

  final CarrierId id;
  final HoldDown holdDown;
  PathQuality quality = UNMEASURED;
  boolean silent;
  boolean smallPacketsOnly;
  final Demotion demotion;
  @Nullable HandoverCause leaving;
  private long wellSinceNanos;
  private int failures;
  private long failedNanos;

  /** {@code holdDown} outlives the carrier: a direct path that flaps is a new carrier each time. */
  CarrierView(CarrierId id, HoldDown holdDown, Demotion demotion, long nowNanos) {
    this.id = id;
    this.holdDown = holdDown;
    this.demotion = demotion;
    this.wellSinceNanos = nowNanos;
  }

  /** It stands for a path that carries the session just now: there is nothing to be earned back. */
  void handleProven(long nowNanos) {
    wellSinceNanos = nowNanos - holdDown.requiredNanos(nowNanos);
  }

  void handleUnwell(long nowNanos) {
    wellSinceNanos = nowNanos;
  }

  void handleHandoverFailed(long nowNanos) {
    failures++;
    failedNanos = nowNanos;
  }

  void handleHandoverDone() {
    failures = 0;
  }

  /** When it may be returned to if it stays well; in the past if it is not held down. */
  long heldUntilNanos(long nowNanos) {
    return wellSinceNanos + holdDown.requiredNanos(nowNanos);
  }

  /** Until when the last failed handover counts against it; in the past if none does. */
  long failedUntilNanos() {
    if (failures == 0) {
      return Long.MIN_VALUE;
    }
    long penalty = FAILED_FIRST_NANOS << Math.min(failures - 1, 10);
    return failedNanos + Math.min(penalty, FAILED_MAX_NANOS);
  }

  /** Before this not even the lack of any other carrier makes it worth another try. */
  long pausedUntilNanos() {
    return failures == 0 ? Long.MIN_VALUE : failedNanos + FAILED_PAUSE_NANOS;
  }

  Standing standing(boolean current, boolean forced, long nowNanos) {
    if (silent) {
      return Standing.SILENT;
    }
    if (!current && nowNanos < failedUntilNanos()) {
      return Standing.FAILED;
    }
    if (forced) {
      return Standing.FORCED;
    }
    if (smallPacketsOnly) {
      return Standing.SMALL_PACKETS;
    }
    if (leaving != null) {
      return Standing.LEAVING;
    }
    if (demotion.inForce()) {
      return Standing.WORSE;
    }
    return !current && nowNanos < heldUntilNanos(nowNanos) ? Standing.HELD_DOWN : Standing.FIT;
  }
}
