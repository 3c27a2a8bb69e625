package io.quicmesh.migration;

import java.util.Locale;

/** How the last dial of a candidate ended. */
public enum DialResult {
  UNTRIED,
  DIALLING,
  CONNECTED,
  TIMED_OUT,
  /** The network or the host refused: unreachable, no route, port closed. */
  REFUSED,
  /** TLS or the exchange after it failed for another reason than the key. */
  HANDSHAKE_FAILED,
  /** Somebody answered whose key is not the peer's: an alert, and no retry. */
  KEY_MISMATCH,
  CANCELLED;

  /** The name as logs and the API show it, for example {@code timed-out}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
