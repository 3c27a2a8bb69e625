package io.quicmesh.transport.session;

/**
 * The round trip of a path without any queue, as far as it can be seen: the smallest of the
 * samples, until they stay well above it or none came near for long. Then it asks for a probe, a
 * time with little in flight, and the smallest sample of that time takes its place. Owned by the
 * event loop.
 */
final class RoundTripFloor {

  private static final long LOOK_NANOS = 1_000_000_000L;
  private static final long VALID_NANOS = 10_000_000_000L;
  private static final long PROBE_SPACING_NANOS = 2_000_000_000L;
  private static final long INFLATED_NANOS = 20_000_000L;
  private static final long PROBE_NANOS_MIN = 20_000_000L;
  private static final long PROBE_NANOS_MAX = 300_000_000L;
  private static final long UNKNOWN = Long.MAX_VALUE;

  private long floorNanos = UNKNOWN;
  private long floorStampNanos;
  private long lookMinNanos = UNKNOWN;
  private long lookStartNanos;
  private boolean probing;
  private long probeEndNanos;
  private long probeMinNanos = UNKNOWN;

  void handleSample(long rttNanos, long nowNanos) {
    if (rttNanos <= floorNanos) {
      if (floorNanos == UNKNOWN) {
        lookStartNanos = nowNanos;
      }
      floorNanos = rttNanos;
      floorStampNanos = nowNanos;
    }
    if (probing) {
      handleProbeSample(rttNanos, nowNanos);
      return;
    }
    lookMinNanos = Math.min(lookMinNanos, rttNanos);
    if (nowNanos - lookStartNanos > LOOK_NANOS) {
      look(rttNanos, nowNanos);
      lookMinNanos = UNKNOWN;
      lookStartNanos = nowNanos;
    }
  }

  private void handleProbeSample(long rttNanos, long nowNanos) {
    probeMinNanos = Math.min(probeMinNanos, rttNanos);
    if (nowNanos >= probeEndNanos) {
      probing = false;
      floorNanos = probeMinNanos;
      floorStampNanos = nowNanos;
      lookStartNanos = nowNanos;
      lookMinNanos = UNKNOWN;
    }
  }

  private void look(long rttNanos, long nowNanos) {
    boolean isInflated = lookMinNanos > 2 * floorNanos + INFLATED_NANOS;
    boolean isOld = nowNanos - floorStampNanos > VALID_NANOS;
    if (isOld || (isInflated && nowNanos - probeEndNanos > PROBE_SPACING_NANOS)) {
      probing = true;
      probeMinNanos = UNKNOWN;
      long lengthNanos = Math.max(PROBE_NANOS_MIN, Math.min(PROBE_NANOS_MAX, 3 * rttNanos));
      probeEndNanos = nowNanos + lengthNanos;
    }
  }

  boolean isKnown() {
    return floorNanos != UNKNOWN;
  }

  /** Whether little should be in flight now. */
  boolean isProbing() {
    return probing;
  }

  /** The round trip; meaningless before it is known. */
  long nanos() {
    return floorNanos;
  }
}
