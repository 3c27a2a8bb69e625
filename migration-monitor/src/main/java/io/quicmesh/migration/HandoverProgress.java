package io.quicmesh.migration;

import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What all steps of one handover share: its goal and ends, the state and its deadline, who decides,
 * and how it ended.
 *
 * <p>Mutable; owned by {@link Handover}.
 */
final class HandoverProgress {

  private final HandoverGoal goal;
  private final HandoverEnds ends;
  private final HandoverSettings settings;
  private final Deque<HandoverOutput> outputs;
  private final StepClock clock;

  private boolean byPeer;
  private long framesResent;
  private long deadlineNanos = Deadlines.NEVER;
  private @Nullable HandoverResult result;
  private @Nullable String reason;

  HandoverProgress(
      HandoverGoal goal,
      HandoverSettings settings,
      Deque<HandoverOutput> outputs,
      StepClock clock) {
    this.goal = goal;
    this.ends = new HandoverEnds(goal);
    this.settings = settings;
    this.outputs = outputs;
    this.clock = clock;
  }

  /** Leaves the state for another, with its own time to take. */
  void enter(HandoverState next, long nowNanos) {
    outputs.add(new HandoverOutput.StepDone(clock.enter(next, nowNanos)));
    restartDeadline(nowNanos);
  }

  /** Gives the state its time anew. */
  void restartDeadline(long nowNanos) {
    deadlineNanos = nowNanos + settings.timeoutNanos(clock.state());
  }

  void finish(HandoverResult how, @Nullable String why, long nowNanos) {
    enter(clock.state(), nowNanos);
    result = how;
    reason = why;
  }

  /** Ends it and undoes what was begun for it. */
  void giveUp(HandoverResult how, String why, long nowNanos) {
    if (isIn(HandoverState.CONNECTING)) {
      ask(new HandoverOutput.CancelDial(goal.toKind(), goal.toName()));
    }
    abort(why);
    finish(how, why, nowNanos);
  }

  void abort(String why) {
    CarrierId carrier = ends.to();
    if (isIn(HandoverState.RESUMING) && carrier != null) {
      ask(new HandoverOutput.Abort(carrier, why));
    }
  }

  void ask(HandoverOutput output) {
    outputs.add(output);
  }

  void leaveToPeer() {
    byPeer = true;
  }

  void addResent(long frames) {
    framesResent += frames;
  }

  HandoverGoal goal() {
    return goal;
  }

  HandoverEnds ends() {
    return ends;
  }

  HandoverState state() {
    return clock.state();
  }

  boolean isIn(HandoverState asked) {
    return clock.state() == asked;
  }

  boolean isClosing() {
    return clock.state().step() == HandoverState.STEPS;
  }

  /** Whether nothing has moved yet, so that it can be given up without a trace. */
  boolean isBeforeCommit() {
    return clock.state().step() <= HandoverState.RESUMING.step() && !ends.areLanesCut();
  }

  boolean isByPeer() {
    return byPeer;
  }

  boolean isOver() {
    return result != null;
  }

  long deadlineNanos() {
    return deadlineNanos;
  }

  /** The report once it has ended, null before. */
  @Nullable HandoverReport report(long gapNanos, @Nullable CarrierId nowOn) {
    HandoverResult how = result;
    return how == null
        ? null
        : new HandoverReport(
            goal.from(),
            goal.toKind(),
            ends.to(),
            goal.cause(),
            byPeer,
            how,
            reason,
            clock.state(),
            clock.steps(),
            gapNanos,
            framesResent,
            nowOn);
  }
}
