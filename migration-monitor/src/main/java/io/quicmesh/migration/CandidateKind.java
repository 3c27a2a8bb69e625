package io.quicmesh.migration;

import java.util.Locale;

/** Where a candidate address comes from. */
public enum CandidateKind {
  /** The operator's config. */
  CONFIGURED,
  /** An interface of the peer. */
  HOST,
  /** What a relay saw the peer send from. */
  OBSERVED;

  /** The name as logs and the API show it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
