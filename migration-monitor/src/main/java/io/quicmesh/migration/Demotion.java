package io.quicmesh.migration;

import org.jspecify.annotations.Nullable;

/**
 * Whether a direct carrier has lost its rank because it is measurably worse than the relay: by loss
 * or round-trip time, for some seconds without a break. It ends when the carrier has been within
 * half of the margins for as long.
 *
 * <p>Mutable; owned by the session's thread.
 */
final class Demotion {

  private static final int LOSS_SAMPLES_MIN = 20;

  private final ChoiceSettings settings;
  private boolean inForce;
  private long changingSinceNanos = Deadlines.NEVER;

  Demotion(ChoiceSettings settings) {
    this.settings = settings;
  }

  /** Compares with the best relay, null if there is none fit; true if the demotion just ended. */
  boolean handleCompared(PathQuality direct, @Nullable PathQuality relay, long nowNanos) {
    boolean worseNow = relay != null && isWorse(direct, relay, inForce ? 0.5 : 1.0);
    if (worseNow == inForce) {
      changingSinceNanos = Deadlines.NEVER;
      return false;
    }
    if (changingSinceNanos == Deadlines.NEVER) {
      changingSinceNanos = nowNanos;
    }
    if (nowNanos < nextDeadlineNanos()) {
      return false;
    }
    changingSinceNanos = Deadlines.NEVER;
    inForce = worseNow;
    return !inForce;
  }

  boolean inForce() {
    return inForce;
  }

  long nextDeadlineNanos() {
    return changingSinceNanos == Deadlines.NEVER
        ? Deadlines.NEVER
        : changingSinceNanos + settings.worseForNanos();
  }

  private boolean isWorse(PathQuality direct, PathQuality relay, double marginScale) {
    if (!direct.measured() || !relay.measured()) {
      return false;
    }
    double rttLimitNanos =
        relay.rttNanos() * (1 + settings.worseRttRatio() * marginScale)
            + settings.worseRttNanos() * marginScale;
    boolean lossKnown = inForce || direct.lossSamples() >= LOSS_SAMPLES_MIN;
    return direct.rttNanos() > rttLimitNanos
        || (lossKnown && direct.loss() > relay.loss() + settings.worseLoss() * marginScale);
  }
}
