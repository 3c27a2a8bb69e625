package io.quicmesh.migration;

import io.quicmesh.migration.Candidates.Entry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * When to try a direct connection to a peer, and which addresses: a round dials all candidates, a
 * bounded number at a time, until one connects. Rounds begin at once when the network or the
 * candidates change (no more than one a second), else after waits that grow with each failure. An
 * address at which somebody else answers is reported and left alone until our own network changes.
 *
 * <p>Facts about dials that are not under way are ignored.
 *
 * <p>Mutable; owned by the event loop that owns the session.
 */
public final class DirectRetry {

  private static final long ROUND_SPACING_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final RetrySettings settings;
  private final Candidates candidates;
  private final Deque<Entry> queue = new ArrayDeque<>();
  private final Deque<RetryOutput> outputs = new ArrayDeque<>();

  private State state = State.IDLE;
  private int round;
  private long roundStartedNanos = Long.MIN_VALUE;
  private long nextRoundNanos = Deadlines.NEVER;
  private int failuresInRow;
  private long failures;
  private long lastSuccessNanos = Deadlines.NEVER;

  private enum State {
    /** Nothing to dial, or not allowed to. */
    IDLE,
    WAITING,
    DIALLING,
    CONNECTED
  }

  public DirectRetry(RetrySettings settings, PathPolicy policy) {
    this.settings = settings;
    this.candidates = new Candidates(settings.candidatesMax(), policy);
  }

  /** The peer's candidate addresses, all of them. New ones are dialled at once. */
  public void handleCandidates(List<Candidate> offered, long nowNanos) {
    for (Entry gone : candidates.replace(offered)) {
      queue.remove(gone);
      cancel(gone);
    }
    boolean anyNew = candidates.hasUntried();
    if (state == State.DIALLING) {
      for (Entry entry : candidates.entries()) {
        if (entry.result == DialResult.UNTRIED && !queue.contains(entry)) {
          queue.add(entry);
        }
      }
      dialNext(nowNanos);
      finishIfExhausted(nowNanos);
    } else if (state != State.CONNECTED && anyNew) {
      retryAtOnce(nowNanos);
    } else if (state == State.WAITING && !candidates.hasAnyToDial()) {
      rest();
    }
  }

  /** Our own underlay changed: what failed before may work now. */
  public void handleNetworkChanged(long nowNanos) {
    candidates.forgetMismatches();
    if (state == State.CONNECTED) {
      return;
    }
    cancelAll();
    retryAtOnce(nowNanos);
  }

  /** Somebody wants a direct connection now; nothing happens while one is up or being dialled. */
  public void handleRetryNow(long nowNanos) {
    if (state == State.IDLE || state == State.WAITING) {
      retryAtOnce(nowNanos);
    }
  }

  /** The dial succeeded, and the key is the peer's. */
  public void handleConnected(Candidate candidate, long rttNanos, long nowNanos) {
    Entry entry = candidates.find(candidate);
    if (entry == null || !entry.isDialling()) {
      return;
    }
    entry.end(DialResult.CONNECTED);
    entry.rttNanos = rttNanos;
    outputs.add(new RetryOutput.RoundConnected(round, candidate));
    handleDirectUp(nowNanos);
  }

  /** The dial failed. */
  public void handleDialFailed(Candidate candidate, DialResult reason, long nowNanos) {
    Entry entry = candidates.find(candidate);
    if (entry == null || !entry.isDialling()) {
      return;
    }
    entry.end(reason);
    if (reason == DialResult.KEY_MISMATCH) {
      outputs.add(new RetryOutput.KeyMismatch(candidate));
    }
    dialNext(nowNanos);
    finishIfExhausted(nowNanos);
  }

  /** A direct connection is up, whoever dialled it. */
  public void handleDirectUp(long nowNanos) {
    cancelAll();
    state = State.CONNECTED;
    failuresInRow = 0;
    lastSuccessNanos = nowNanos;
    nextRoundNanos = Deadlines.NEVER;
  }

  /** The last direct connection is gone. */
  public void handleDirectLost(long nowNanos) {
    if (state == State.CONNECTED) {
      plan(nowNanos + settings.firstNanos());
    }
  }

  public long nextDeadlineNanos() {
    if (state == State.WAITING) {
      return nextRoundNanos;
    }
    long next = Deadlines.NEVER;
    for (Entry entry : candidates.entries()) {
      next = Math.min(next, entry.deadlineNanos);
    }
    return next;
  }

  public void handleDeadline(long nowNanos) {
    if (state == State.WAITING && nowNanos >= nextRoundNanos) {
      startRound(nowNanos);
    } else if (state == State.DIALLING) {
      for (Entry entry : candidates.entries()) {
        if (nowNanos >= entry.deadlineNanos) {
          entry.end(DialResult.TIMED_OUT);
          outputs.add(new RetryOutput.CancelDial(entry.candidate));
        }
      }
      dialNext(nowNanos);
      finishIfExhausted(nowNanos);
    }
  }

  public @Nullable RetryOutput poll() {
    return outputs.poll();
  }

  private void retryAtOnce(long nowNanos) {
    failuresInRow = 0;
    long earliest =
        round == 0 ? nowNanos : Math.max(nowNanos, roundStartedNanos + ROUND_SPACING_NANOS);
    plan(earliest);
    if (state == State.WAITING && nowNanos >= nextRoundNanos) {
      startRound(nowNanos);
    }
  }

  private void plan(long atNanos) {
    if (candidates.hasAnyToDial()) {
      state = State.WAITING;
      nextRoundNanos = atNanos;
    } else {
      rest();
    }
  }

  private void rest() {
    state = State.IDLE;
    nextRoundNanos = Deadlines.NEVER;
  }

  private void startRound(long nowNanos) {
    round++;
    roundStartedNanos = nowNanos;
    nextRoundNanos = Deadlines.NEVER;
    state = State.DIALLING;
    outputs.add(new RetryOutput.RoundStarted(round));
    for (Entry entry : candidates.entries()) {
      if (entry.result != DialResult.KEY_MISMATCH) {
        queue.add(entry);
      }
    }
    dialNext(nowNanos);
  }

  private void dialNext(long nowNanos) {
    int inFlight = candidates.dialling();
    while (inFlight < settings.inFlightMax() && !queue.isEmpty()) {
      Entry entry = queue.remove();
      entry.result = DialResult.DIALLING;
      entry.deadlineNanos = nowNanos + settings.connectTimeoutNanos();
      outputs.add(new RetryOutput.Dial(round, entry.candidate, settings.connectTimeoutNanos()));
      inFlight++;
    }
  }

  private void finishIfExhausted(long nowNanos) {
    if (state != State.DIALLING || candidates.dialling() > 0 || !queue.isEmpty()) {
      return;
    }
    failuresInRow++;
    failures++;
    plan(nowNanos + settings.delayNanos(failuresInRow));
    outputs.add(
        new RetryOutput.RoundFailed(
            round, candidates.mostTellingFailure(), failuresInRow, nextRoundNanos));
  }

  private void cancelAll() {
    queue.clear();
    for (Entry entry : candidates.entries()) {
      cancel(entry);
    }
  }

  private void cancel(Entry entry) {
    if (entry.isDialling()) {
      entry.end(DialResult.CANCELLED);
      outputs.add(new RetryOutput.CancelDial(entry.candidate));
    }
  }

  /** What became of each candidate, in the order in which they are dialled. */
  public List<CandidateStatus> candidates() {
    return candidates.statuses();
  }

  /** When the next round begins; {@link Deadlines#NEVER} if none is armed. */
  public long nextRetryNanos() {
    return nextRoundNanos;
  }

  /** Rounds that were begun. */
  public int rounds() {
    return round;
  }

  /** Rounds that ended without a connection. */
  public long failures() {
    return failures;
  }

  /** When a direct connection last came up; {@link Deadlines#NEVER} if none ever did. */
  public long lastSuccessNanos() {
    return lastSuccessNanos;
  }

  /** Addresses that were offered beyond the bound. */
  public long excessCandidates() {
    return candidates.excess();
  }
}
