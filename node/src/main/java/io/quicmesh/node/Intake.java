package io.quicmesh.node;

import java.util.concurrent.TimeUnit;

/**
 * Decides when the TAP device is not read because a session is full. Not reading is no backpressure
 * for the host, whose ring then drops frames of every session; so it pauses for a short time only,
 * and only while no other session has frames. Loop-owned; time comes in.
 */
final class Intake {

  private static final long PAUSE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(20);

  private int fullPort = -1;
  private long fullSinceNanos;
  private long otherSeenNanos = Long.MIN_VALUE / 2;

  /** A frame was accepted for a session. */
  void handleAccepted(int port, long nowNanos) {
    if (port != fullPort) {
      otherSeenNanos = nowNanos;
    }
  }

  /**
   * A session is full.
   *
   * @return for how long reading should pause, or 0 to go on and drop this session's frames
   */
  long handleFull(int port, long nowNanos) {
    if (fullPort != port) {
      fullPort = port;
      fullSinceNanos = nowNanos;
    }
    long left = fullSinceNanos + PAUSE_NANOS_MAX - nowNanos;
    boolean isAlone = nowNanos - otherSeenNanos > PAUSE_NANOS_MAX;
    return isAlone && left > 0 ? left : 0;
  }

  /** A full session has room again. */
  void handleDrained(int port) {
    if (fullPort == port) {
      fullPort = -1;
    }
  }
}
