package io.quicmesh.migration;

import java.util.concurrent.TimeUnit;

/**
 * The margins of the choice.
 *
 * @param marginNanos within a kind another carrier must be better by this much round-trip time...
 * @param marginRatio ...and by this part of it
 * @param worseRttNanos a direct carrier is worse than the relay if its round trip is longer by this
 *     much...
 * @param worseRttRatio ...and by this part of the relay's. Both are wide, because an idle relay
 *     looks quicker than a direct path that is in use
 * @param worseLoss or if its loss ratio is higher by this much
 * @param worseForNanos for so long without a break
 * @param holdDownNanos a carrier that was left for a weakness must be well for so long before it is
 *     returned to; four times as long for each flap after the first
 * @param holdDownMaxNanos and at most so long
 */
public record ChoiceSettings(
    long marginNanos,
    double marginRatio,
    long worseRttNanos,
    double worseRttRatio,
    double worseLoss,
    long worseForNanos,
    long holdDownNanos,
    long holdDownMaxNanos) {

  public static final ChoiceSettings DEFAULT =
      new ChoiceSettings(
          TimeUnit.MILLISECONDS.toNanos(5),
          0.1,
          TimeUnit.MILLISECONDS.toNanos(50),
          0.5,
          0.05,
          TimeUnit.SECONDS.toNanos(3),
          TimeUnit.SECONDS.toNanos(4),
          TimeUnit.MINUTES.toNanos(5));
}
