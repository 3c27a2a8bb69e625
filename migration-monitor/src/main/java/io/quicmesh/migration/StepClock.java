package io.quicmesh.migration;

import java.util.ArrayList;
import java.util.List;

/**
 * The state of a handover and how long it was in each.
 *
 * <p>Mutable; owned by the session's thread.
 */
final class StepClock {

  private final List<HandoverStep> steps = new ArrayList<>();
  private HandoverState state;
  private long sinceNanos;

  StepClock(HandoverState first, long nowNanos) {
    state = first;
    sinceNanos = nowNanos;
  }

  /** Leaves the state; how long it lasted. */
  HandoverStep enter(HandoverState next, long nowNanos) {
    HandoverStep done = new HandoverStep(state, nowNanos - sinceNanos);
    steps.add(done);
    state = next;
    sinceNanos = nowNanos;
    return done;
  }

  HandoverState state() {
    return state;
  }

  List<HandoverStep> steps() {
    return steps;
  }
}
