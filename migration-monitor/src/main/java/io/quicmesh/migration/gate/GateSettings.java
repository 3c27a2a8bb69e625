package io.quicmesh.migration.gate;

import java.util.concurrent.TimeUnit;

/**
 * The gate's bounds.
 *
 * @param heldMax packets held of a connection
 * @param holdNanos how long a packet is held
 * @param challengesPerSecond challenges to a source prefix within any second
 * @param challengeBytes size of a challenge on the wire
 * @param answerNanos how long an answer is accepted: at least so long, less than twice
 */
public record GateSettings(
    int heldMax, long holdNanos, int challengesPerSecond, int challengeBytes, long answerNanos) {

  /** {@code challengeBytes} is as the wire format of the transport has it. */
  public static GateSettings withChallengeBytes(int challengeBytes) {
    return new GateSettings(
        8, TimeUnit.MILLISECONDS.toNanos(100), 10, challengeBytes, TimeUnit.SECONDS.toNanos(2));
  }

  public GateSettings {
    if (heldMax < 0 || holdNanos <= 0 || challengesPerSecond <= 0 || answerNanos <= 0) {
      throw new IllegalArgumentException("the gate's bounds must be positive");
    }
  }
}
