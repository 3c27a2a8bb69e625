package io.quicmesh.migration;

import java.util.Locale;

/** What a session's lanes run on: a direct connection, or a circuit through a relay. */
public enum CarrierKind {
  DIRECT,
  RELAY;

  /** The name as logs and the API show it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
