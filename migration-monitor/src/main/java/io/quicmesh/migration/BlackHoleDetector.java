package io.quicmesh.migration;

import java.util.concurrent.TimeUnit;

/**
 * Finds out whether the uplink swallows everything, once some path over it is silent: all
 * connections are asked, twice in a row, and if none answers anything, it does. A single silent
 * path is its own trouble, and a round of which this process noticed the end late does not count,
 * because answers may wait in the socket.
 *
 * <p>Mutable; owned by the event loop that owns the port.
 */
public final class BlackHoleDetector {

  private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final int ROUNDS = 2;
  private static final long OWN_STALL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private long suspectNanos;
  private long roundEndNanos = Deadlines.NEVER;
  private int round;

  /** What is to be done. */
  public enum Verdict {
    NOTHING,
    /** Send something that is answered on every connection. */
    ASK,
    /** The uplink swallows everything. */
    BLACK_HOLE
  }

  /** Nothing is heard on some path. */
  public Verdict handleSilent(long nowNanos) {
    if (isSuspecting()) {
      return Verdict.NOTHING;
    }
    suspectNanos = nowNanos;
    round = 1;
    roundEndNanos = nowNanos + ROUND_NANOS;
    return Verdict.ASK;
  }

  /** Something that was sent at {@code sentNanos} was answered, on whatever connection. */
  public void handleEcho(long sentNanos) {
    if (isSuspecting() && sentNanos >= suspectNanos) {
      roundEndNanos = Deadlines.NEVER;
    }
  }

  public long nextDeadlineNanos() {
    return roundEndNanos;
  }

  public Verdict handleDeadline(long nowNanos) {
    if (nowNanos < roundEndNanos) {
      return Verdict.NOTHING;
    }
    boolean counts = nowNanos - roundEndNanos < OWN_STALL_NANOS;
    if (counts && round == ROUNDS) {
      roundEndNanos = Deadlines.NEVER;
      return Verdict.BLACK_HOLE;
    }
    round += counts ? 1 : 0;
    roundEndNanos = nowNanos + ROUND_NANOS;
    return Verdict.ASK;
  }

  private boolean isSuspecting() {
    return roundEndNanos != Deadlines.NEVER;
  }
}
