package io.quicmesh.migration;

import java.util.Locale;

/** What the choice makes of a carrier, best first. */
public enum Standing {
  /** The operator asked for it. */
  FORCED,
  /** Nothing speaks against it. */
  FIT,
  /** Direct, and measurably worse than the relay. */
  WORSE,
  /** Left for a weakness, and not yet well for long enough. */
  HELD_DOWN,
  /** About to go away: the relay drains, or the connection is being renewed. */
  LEAVING,
  /** Its path carries small packets only. */
  SMALL_PACKETS,
  /** The last handover to it failed a short time ago. */
  FAILED,
  /** Nothing is heard on it. Never chosen. */
  SILENT;

  /** The name as logs and the API show it, for example {@code held-down}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
