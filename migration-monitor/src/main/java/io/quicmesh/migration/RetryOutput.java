package io.quicmesh.migration;

/** What {@link DirectRetry} wants done, or found out. */
public sealed interface RetryOutput {

  /** A round of dials begins. */
  record RoundStarted(int round) implements RetryOutput {}

  /** Dial this address, as part of this round, for at most so long. */
  record Dial(int round, Candidate candidate, long timeoutNanos) implements RetryOutput {}

  /** Give the dial of this address up. */
  record CancelDial(Candidate candidate) implements RetryOutput {}

  /** Somebody who is not the peer answers at this address: tell the operator. */
  record KeyMismatch(Candidate candidate) implements RetryOutput {}

  /** The round led to a direct connection. */
  record RoundConnected(int round, Candidate candidate) implements RetryOutput {}

  /**
   * No candidate answered.
   *
   * @param reason what the dials ended with, the most telling one
   * @param nextRetryNanos when the next round begins, {@link Deadlines#NEVER} if none is armed
   */
  record RoundFailed(int round, DialResult reason, int failures, long nextRetryNanos)
      implements RetryOutput {}
}
