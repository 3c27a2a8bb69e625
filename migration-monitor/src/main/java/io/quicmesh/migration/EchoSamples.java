package io.quicmesh.migration;

/**
 * Which echoes of heartbeats tell the round-trip time. Heartbeats go by a reliable stream: an
 * outage does not lose them, the transport sends them again, and what they take then says nothing
 * about the path (Karn's rule, RFC 6298 section 3). So it is with an echo that comes while the path
 * is silent, and with what was sent before that silence ended. A path that has become slow looks
 * the same at first; when it is silent once more although it was heard, the shortest of these round
 * trips counts.
 *
 * <p>Mutable; owned by the path's thread.
 */
final class EchoSamples {

  static final long NONE = -1;

  private long heardAgainNanos = Long.MIN_VALUE;
  private long shortestDoubtfulNanos = NONE;

  /** An echo came; {@code silent} is what the path was until then. The sample, or {@link #NONE}. */
  long handleEcho(long sentNanos, boolean silent, long nowNanos) {
    long rttNanos = nowNanos - sentNanos;
    boolean isAfterSilence = sentNanos >= heardAgainNanos;
    if (!silent && isAfterSilence) {
      shortestDoubtfulNanos = NONE;
      return rttNanos;
    }
    boolean isSecondTime = isAfterSilence && shortestDoubtfulNanos != NONE;
    shortestDoubtfulNanos =
        shortestDoubtfulNanos == NONE ? rttNanos : Math.min(shortestDoubtfulNanos, rttNanos);
    return isSecondTime ? shortestDoubtfulNanos : NONE;
  }

  /** A silence ended. */
  void handleHeardAgain(long nowNanos) {
    heardAgainNanos = nowNanos;
  }
}
