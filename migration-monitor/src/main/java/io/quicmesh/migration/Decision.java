package io.quicmesh.migration;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A choice of carrier with everything that it rests on.
 *
 * @param atNanos when it was made
 * @param current the carrier in use, if any
 * @param chosen the carrier that should be in use; the current one to stay, null if there is none
 * @param cause why to move, null to stay
 * @param forcedUntilNanos until when the operator's word counts, {@link Deadlines#NEVER} if it does
 *     not
 * @param considered all carriers, best first
 */
public record Decision(
    long atNanos,
    @Nullable CarrierId current,
    @Nullable CarrierId chosen,
    @Nullable HandoverCause cause,
    long forcedUntilNanos,
    List<Considered> considered) {

  private static final double LOSS_COST_NANOS = 1e9;

  public Decision {
    considered = List.copyOf(considered);
  }

  /**
   * One carrier as the decision saw it.
   *
   * @param standing its standing
   * @param quality its path in figures
   * @param heldUntilNanos when it could be returned to if it stays well, {@link Deadlines#NEVER} if
   *     it is not held down
   */
  public record Considered(
      CarrierId carrier, Standing standing, PathQuality quality, long heldUntilNanos) {

    /** Round-trip time with loss added to it: a hundredth of loss weighs as much as 10 ms. */
    double costNanos() {
      return quality.rttNanos() + quality.loss() * LOSS_COST_NANOS;
    }

    /** For example {@code relay:192.0.2.1:4433 fit rtt 20.1 ms loss 0.0 %}. */
    public String text() {
      String rtt =
          quality.measured()
              ? "rtt %.1f ms".formatted(quality.rttNanos() / 1e6)
              : "rtt not measured";
      return "%s %s %s loss %.1f %%"
          .formatted(carrier.label(), standing.label(), rtt, quality.loss() * 100);
    }
  }

  /** The decision in one line, for people. */
  public String text() {
    StringBuilder text = new StringBuilder();
    if (chosen == null) {
      text.append("no carrier");
    } else if (cause == null) {
      text.append("stay on ").append(chosen.label());
    } else {
      text.append("move to ").append(chosen.label()).append(": ").append(cause.label());
    }
    if (forcedUntilNanos != Deadlines.NEVER) {
      long seconds = TimeUnit.NANOSECONDS.toSeconds(forcedUntilNanos - atNanos);
      text.append(", forced for ").append(seconds).append(" s more");
    }
    for (Considered carrier : considered) {
      text.append("; ").append(carrier.text());
    }
    return text.toString();
  }
}
