package io.quicmesh.migration;

import java.util.Locale;

/** How a handover ended. */
public enum HandoverResult {
  /** All lanes of both directions run on the new carrier. */
  DONE,
  /** A step failed. */
  FAILED,
  /** It was given up because its reason went away, without fault of the new carrier. */
  ABANDONED,
  /** Another handover took its place. */
  SUPERSEDED;

  /** The name as logs and the API show it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
