package io.quicmesh.migration;

import org.HdrHistogram.Histogram;

/**
 * Migrations in figures.
 *
 * @param connections connections tracked now
 * @param migrating connections that migrate now
 * @param failed connections whose last migration failed
 * @param totalSuccessful migrations completed since the start
 * @param totalFailed migrations failed since the start
 * @param latencyMicros from start to completion, a copy in microseconds
 */
public record MigrationStatistics(
    int connections,
    int migrating,
    int failed,
    long totalSuccessful,
    long totalFailed,
    Histogram latencyMicros) {

  /** Completed migrations among those that ended, 0 to 1; 1 when none has ended. */
  public double successRate() {
    long ended = totalSuccessful + totalFailed;
    return ended == 0 ? 1.0 : (double) totalSuccessful / ended;
  }
}
