package io.quicmesh.node;

import java.util.concurrent.TimeUnit;

/**
 * How often the secret of a session moves on.
 *
 * @param rotationNanos to its next generation; the shorter of both sides' intervals counts, in
 *     whole seconds where the peer is told
 * @param renewalNanos to a fresh one, by a handshake
 */
public record KeySettings(long rotationNanos, long renewalNanos) {

  public static final KeySettings DEFAULT =
      new KeySettings(TimeUnit.MINUTES.toNanos(10), TimeUnit.HOURS.toNanos(1));

  public KeySettings {
    if (rotationNanos <= 0 || renewalNanos <= 0) {
      throw new IllegalArgumentException(
          "session.rotation-interval and session.renewal-interval must be positive");
    }
  }

  /** The rotation interval as the peer is told it. */
  int rotationSeconds() {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(rotationNanos);
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, seconds));
  }
}
