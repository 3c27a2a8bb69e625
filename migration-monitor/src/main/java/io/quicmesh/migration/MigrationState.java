package io.quicmesh.migration;

/**
 * Where a connection stands with respect to migration.
 *
 * <p>{@code COMPLETED} is shown for one second and turns back to {@code STABLE}; {@code FAILED}
 * stays until the connection migrates again or is closed.
 */
public enum MigrationState {
  STABLE,
  MIGRATING,
  COMPLETED,
  FAILED
}
