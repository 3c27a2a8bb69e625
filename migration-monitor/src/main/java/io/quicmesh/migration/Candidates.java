package io.quicmesh.migration;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The candidates of a peer, each address once, the preferred prefixes first, at most so many, with
 * what became of each.
 *
 * <p>Mutable; owned by the session's thread.
 */
final class Candidates {

  private final int max;
  private final PathPolicy policy;
  private Map<InetSocketAddress, Entry> entries = new LinkedHashMap<>();
  private long excess;

  /** One candidate and the state of its dial. */
  static final class Entry {
    final Candidate candidate;
    DialResult result = DialResult.UNTRIED;
    long rttNanos;
    long deadlineNanos = Deadlines.NEVER;

    private Entry(Candidate candidate) {
      this.candidate = candidate;
    }

    boolean isDialling() {
      return result == DialResult.DIALLING;
    }

    void end(DialResult how) {
      result = how;
      deadlineNanos = Deadlines.NEVER;
    }
  }

  Candidates(int max, PathPolicy policy) {
    this.max = max;
    this.policy = policy;
  }

  /**
   * Takes a new list; an address that was in the old one keeps its history. Returns the entries
   * that are gone.
   */
  List<Entry> replace(List<Candidate> offered) {
    Map<InetSocketAddress, Candidate> distinct = new LinkedHashMap<>();
    for (Candidate candidate : offered) {
      distinct.putIfAbsent(candidate.address(), candidate);
    }
    excess += Math.max(0, distinct.size() - max);
    Map<InetSocketAddress, Entry> before = entries;
    entries = new LinkedHashMap<>();
    distinct.values().stream()
        .sorted(Comparator.comparingInt(c -> policy.rank(c.address().getAddress())))
        .limit(max)
        .forEach(candidate -> entries.put(candidate.address(), keep(before, candidate)));
    List<Entry> gone = new ArrayList<>();
    before.forEach(
        (address, entry) -> {
          if (!entries.containsKey(address)) {
            gone.add(entry);
          }
        });
    return gone;
  }

  private static Entry keep(Map<InetSocketAddress, Entry> before, Candidate candidate) {
    Entry old = before.get(candidate.address());
    return old == null ? new Entry(candidate) : old;
  }

  boolean hasUntried() {
    return entries.values().stream().anyMatch(entry -> entry.result == DialResult.UNTRIED);
  }

  /** Whether a round has anything to dial: a key mismatch is not tried again. */
  boolean hasAnyToDial() {
    return entries.values().stream().anyMatch(entry -> entry.result != DialResult.KEY_MISMATCH);
  }

  void forgetMismatches() {
    for (Entry entry : entries.values()) {
      if (entry.result == DialResult.KEY_MISMATCH) {
        entry.end(DialResult.UNTRIED);
      }
    }
  }

  int dialling() {
    int dialling = 0;
    for (Entry entry : entries.values()) {
      dialling += entry.isDialling() ? 1 : 0;
    }
    return dialling;
  }

  /** A refusal tells more than a timeout, a wrong key more than both. */
  DialResult mostTellingFailure() {
    DialResult telling = DialResult.TIMED_OUT;
    for (Entry entry : entries.values()) {
      boolean failed =
          entry.result == DialResult.REFUSED
              || entry.result == DialResult.HANDSHAKE_FAILED
              || entry.result == DialResult.KEY_MISMATCH;
      if (failed && entry.result.compareTo(telling) > 0) {
        telling = entry.result;
      }
    }
    return telling;
  }

  List<CandidateStatus> statuses() {
    List<CandidateStatus> statuses = new ArrayList<>(entries.size());
    for (Entry entry : entries.values()) {
      statuses.add(new CandidateStatus(entry.candidate, entry.result, entry.rttNanos));
    }
    return statuses;
  }

  @Nullable Entry find(Candidate candidate) {
    return entries.get(candidate.address());
  }

  Collection<Entry> entries() {
    return entries.values();
  }

  /** Addresses that were offered beyond the bound. */
  long excess() {
    return excess;
  }
}
