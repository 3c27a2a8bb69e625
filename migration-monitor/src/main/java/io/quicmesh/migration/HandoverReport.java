package io.quicmesh.migration;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A handover that has ended.
 *
 * @param from the carrier before, which may have died since; null if the session had none
 * @param toKind the kind of carrier that was wanted
 * @param to the carrier that was tried, null if none came up
 * @param cause why
 * @param byPeer whether the peer's attempt decided it
 * @param result how it ended
 * @param reason why it failed, or what else is worth knowing; null if there is nothing to say
 * @param endedIn the state in which it ended
 * @param steps how long it was in each state, in order
 * @param gapNanos the longest time without a delivery around it
 * @param framesResent frames that were sent again
 * @param nowOn the carrier that our lanes run on now, null if none
 */
public record HandoverReport(
    @Nullable CarrierId from,
    CarrierKind toKind,
    @Nullable CarrierId to,
    HandoverCause cause,
    boolean byPeer,
    HandoverResult result,
    @Nullable String reason,
    HandoverState endedIn,
    List<HandoverStep> steps,
    long gapNanos,
    long framesResent,
    @Nullable CarrierId nowOn) {

  public HandoverReport {
    steps = List.copyOf(steps);
  }

  /** The whole transition: the sum of its steps. */
  public long durationNanos() {
    return steps.stream().mapToLong(HandoverStep::nanos).sum();
  }
}
