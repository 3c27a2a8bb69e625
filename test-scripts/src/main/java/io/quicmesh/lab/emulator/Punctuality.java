package io.quicmesh.lab.emulator;

/**
 * Decides how long to sleep before a deadline. A sleeper wakes late by a time that depends on the
 * machine, and that is learned here; it is woken earlier by as much, and the rest is spun. Spinning
 * has a budget, a fifth of the time, because others need the processor: when it is used up,
 * deadlines are met late. Mutable; owned by the loop.
 */
final class Punctuality {

  private static final long LATENESS_NANOS_MAX = 150_000;
  private static final long BUDGET_NANOS_MAX = 5_000_000;
  private static final int BUDGET_SHARE = 5;
  private static final int LEARNING_SHARE = 8;

  private long latenessNanos = 50_000;
  private long budgetNanos = BUDGET_NANOS_MAX;
  private long lastNanos;

  Punctuality(long nowNanos) {
    lastNanos = nowNanos;
  }

  /** How long to sleep, or 0 to spin; asked again after every sleep and every turn of spinning. */
  long sleepNanos(long deadlineNanos, long nowNanos, boolean exact) {
    budgetNanos = Math.min(BUDGET_NANOS_MAX, budgetNanos + (nowNanos - lastNanos) / BUDGET_SHARE);
    lastNanos = nowNanos;
    long leftNanos = Math.max(0, deadlineNanos - nowNanos);
    if (!exact || budgetNanos < latenessNanos) {
      return leftNanos;
    }
    return Math.max(0, leftNanos - latenessNanos);
  }

  /** Takes the time from {@code fromNanos} on off the budget. */
  void handleSpun(long fromNanos, long nowNanos) {
    budgetNanos -= nowNanos - fromNanos;
  }

  /** Learns from a sleep that nothing interrupted. */
  void handleSlept(long wakeNanos, long nowNanos) {
    long sampleNanos = Math.min(LATENESS_NANOS_MAX, nowNanos - wakeNanos);
    latenessNanos += (sampleNanos - latenessNanos) / LEARNING_SHARE;
  }
}
