package io.quicmesh.migration;

import org.jspecify.annotations.Nullable;

/** What {@link Handover} wants done, or tells. */
public sealed interface HandoverOutput {

  /**
   * See that the port is bound and candidates are known, then say so.
   *
   * @param anotherPort whether to bind another port first, because this one failed
   */
  record Listen(boolean anotherPort) implements HandoverOutput {}

  /**
   * Set up a carrier: dial the peer's candidates, or open a circuit.
   *
   * @param name the relay, null for any and for a direct carrier
   */
  record Dial(CarrierKind kind, @Nullable String name) implements HandoverOutput {}

  /** The carrier that {@link Dial} asked for is not wanted any more. */
  record CancelDial(CarrierKind kind, @Nullable String name) implements HandoverOutput {}

  /** Prove the session on this carrier: send RESUME. */
  record SendResume(Attempt attempt, CarrierId carrier) implements HandoverOutput {}

  /** Answer the peer's RESUME with RESUMED. */
  record AcceptResume(Attempt attempt, CarrierId carrier) implements HandoverOutput {}

  /** Refuse the peer's RESUME: a higher attempt is known. */
  record RefuseResume(Attempt attempt, Attempt highest) implements HandoverOutput {}

  /** Send COMMIT on this carrier. */
  record Commit(CarrierId carrier, boolean oldSilent) implements HandoverOutput {}

  /**
   * Cut our lanes and let them go on on this carrier.
   *
   * @param oldSilent whether the old carrier does not answer: then begin at what the peer expects
   *     instead of cutting there
   */
  record CutLanes(CarrierId carrier, boolean oldSilent) implements HandoverOutput {}

  /** End the session's data streams on every carrier but this one; the carriers stay. */
  record CloseOldStreams(CarrierId keep) implements HandoverOutput {}

  /** Give up what was begun on this carrier and not committed. */
  record Abort(CarrierId carrier, String reason) implements HandoverOutput {}

  /** A state of the handover is over: for a log line "step n/5". */
  record StepDone(HandoverStep step) implements HandoverOutput {}

  /** The handover ended. */
  record Report(HandoverReport report) implements HandoverOutput {}
}
