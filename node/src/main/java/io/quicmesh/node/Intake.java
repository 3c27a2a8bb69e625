package io.quicmesh.node;

import java.util.concurrent.TimeUnit;

/**
 * Decides when the TAP device is not read because a session is full. Not reading is no backpressure
 * for the host, whose ring then drops frames of every session; so it pauses for a short time only,
 * and only while no other session has frames. Loop-owned; time comes in.
 */
final class Intake {

  private static final long PAUSE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(20);
  private static final int NONE = -1;

  private int fullPort = NONE;
  private long fullSinceNanos;
  private int lastPort = NONE;
  private long lastNanos = Long.MIN_VALUE / 2;
  private long otherNanos = Long.MIN_VALUE / 2;

  /** A frame was accepted for a session. */
  void handleAccepted(int port, long nowNanos) {
    handleFrame(port, nowNanos);
  }

  /** Keeps when the newest frame came, and the newest one of any other session than that one. */
  private void handleFrame(int port, long nowNanos) {
    if (port != lastPort) {
      otherNanos = lastNanos;
      lastPort = port;
    }
    lastNanos = nowNanos;
  }

  /**
   * A session is full, and a frame for it is dropped.
   *
   * @return for how long reading should pause, or 0 to go on and drop this session's frames
   */
  long handleFull(int port, long nowNanos) {
    handleFrame(port, nowNanos);
    if (fullPort != port) {
      fullPort = port;
      fullSinceNanos = nowNanos;
    }
    long left = fullSinceNanos + PAUSE_NANOS_MAX - nowNanos;
    boolean isAlone = nowNanos - otherNanos > PAUSE_NANOS_MAX;
    return isAlone && left > 0 ? left : 0;
  }

  /** A full session has room again. */
  void handleDrained(int port) {
    if (fullPort == port) {
      fullPort = NONE;
    }
  }
}
