package io.quicmesh.migration;

import java.util.concurrent.TimeUnit;

/**
 * How long each step of a handover may take.
 *
 * @param listenNanos to bind the port and gather candidates, each try
 * @param connectNanos to set the new carrier up; each dial has a shorter timeout of its own
 * @param resumeNanos for the peer to answer RESUME, and for COMMIT to follow
 * @param migrateNanos to cut our lanes
 * @param switchNanos for the peer's lanes to follow
 * @param closeNanos for the old streams to end
 */
public record HandoverSettings(
    long listenNanos,
    long connectNanos,
    long resumeNanos,
    long migrateNanos,
    long switchNanos,
    long closeNanos) {

  public static final HandoverSettings DEFAULT =
      new HandoverSettings(
          TimeUnit.SECONDS.toNanos(1),
          TimeUnit.SECONDS.toNanos(25),
          TimeUnit.SECONDS.toNanos(2),
          TimeUnit.SECONDS.toNanos(1),
          TimeUnit.SECONDS.toNanos(2),
          TimeUnit.SECONDS.toNanos(2));

  long timeoutNanos(HandoverState state) {
    return switch (state) {
      case STARTING_LISTENER -> listenNanos;
      case CONNECTING -> connectNanos;
      case RESUMING -> resumeNanos;
      case MIGRATING -> migrateNanos;
      case SWITCHING -> switchNanos;
      case CLOSING_RELAY, CLOSING_DIRECT -> closeNanos;
      case NO_CARRIER, RELAY_ONLY, DIRECT -> Deadlines.NEVER;
    };
  }
}
