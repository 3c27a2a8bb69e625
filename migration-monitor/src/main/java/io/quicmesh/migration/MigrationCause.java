package io.quicmesh.migration;

import java.util.Locale;

/** Why a connection moved, or had to move, to another path. */
public enum MigrationCause {
  LINK_DOWN,
  CARRIER_LOST,
  ADDRESS_CHANGE,
  ROUTE_CHANGE,
  UPLINK_PREFERENCE,
  SILENT_PATH,
  WAKE,
  SIMULATED,
  /** The peer now sends from another underlay address. */
  PEER_MOVED,
  /**
   * The peer sends from the same address and another port: most likely a NAT made a new mapping.
   */
  NAT_REBINDING,
  /** The peer's new path did not answer, and its last one is used again (RFC 9000 9.3.2). */
  FELL_BACK;

  /** The name as logs and the API show it, for example {@code link-down}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
