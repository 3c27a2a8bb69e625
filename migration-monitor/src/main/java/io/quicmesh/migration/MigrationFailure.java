package io.quicmesh.migration;

import java.util.Locale;

/** Why a migration ended without success. */
public enum MigrationFailure {
  TIMED_OUT,
  VALIDATION_FAILED,
  PATH_CLOSED,
  CONNECTION_CLOSED,
  ABANDONED;

  /** The name as logs and the API show it, for example {@code timed-out}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
