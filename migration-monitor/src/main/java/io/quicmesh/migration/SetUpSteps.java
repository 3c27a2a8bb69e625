package io.quicmesh.migration;

import static io.quicmesh.migration.HandoverState.CONNECTING;
import static io.quicmesh.migration.HandoverState.STARTING_LISTENER;

/**
 * Steps 1 and 2 of a handover, up to a carrier that can be resumed.
 *
 * <p>Mutable; owned by {@link Handover}.
 */
final class SetUpSteps {

  private static final int LISTEN_TRIES = 3;

  private final HandoverProgress progress;
  private int tries = 1;

  SetUpSteps(HandoverProgress progress) {
    this.progress = progress;
  }

  void listen(boolean anotherPort, long nowNanos) {
    progress.restartDeadline(nowNanos);
    progress.ask(new HandoverOutput.Listen(anotherPort));
  }

  void handleCandidates(long nowNanos) {
    if (progress.isIn(STARTING_LISTENER)) {
      progress.enter(CONNECTING, nowNanos);
      HandoverGoal goal = progress.goal();
      progress.ask(new HandoverOutput.Dial(goal.toKind(), goal.toName()));
    }
  }

  void handleListenFailed(String why, long nowNanos) {
    if (!progress.isIn(STARTING_LISTENER)) {
      return;
    }
    if (tries < LISTEN_TRIES) {
      tries++;
      listen(true, nowNanos);
    } else {
      progress.finish(HandoverResult.FAILED, "listener: " + why, nowNanos);
    }
  }

  /** Whether the carrier that came up is the one that was to be set up. */
  boolean isAwaited(CarrierId carrier) {
    return progress.ends().to() == null && progress.goal().accepts(carrier);
  }

  void handleConnectFailed(CarrierKind kind, String why, long nowNanos) {
    if (progress.isIn(CONNECTING) && progress.goal().toKind() == kind) {
      progress.finish(HandoverResult.FAILED, "connect: " + why, nowNanos);
    }
  }

  void handleConnectTimeout(long nowNanos) {
    progress.giveUp(HandoverResult.FAILED, "connect: timed out", nowNanos);
  }
}
