package io.quicmesh.migration;

/** How long a handover was in one of its states. */
public record HandoverStep(HandoverState state, long nanos) {

  /** The step that the state belongs to, 1 to 5. */
  public int number() {
    return state.step();
  }
}
