package io.quicmesh.migration;

/** What {@link PathHealth} wants done, or found out. */
public sealed interface HealthOutput {

  /** Send a heartbeat with this sequence number, to be echoed. */
  record SendHeartbeat(long sequence) implements HealthOutput {}

  /** Nothing sent for so long was answered. Said once, until something is heard again. */
  record Silent(long silenceNanos, long thresholdNanos) implements HealthOutput {}

  /** Something was heard again after a silence. */
  record HeardAgain(long silenceNanos) implements HealthOutput {}

  /**
   * Heartbeats are answered and records are not: the path carries small packets only. Said once,
   * until a record is acknowledged.
   */
  record SmallPacketsOnly(long stuckNanos, long limitNanos) implements HealthOutput {}
}
