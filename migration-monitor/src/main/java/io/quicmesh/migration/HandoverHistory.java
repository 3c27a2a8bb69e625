package io.quicmesh.migration;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * The last handovers of each peer, counters by cause and result, and how long those that succeeded
 * took.
 *
 * <p>Mutable; owned by the node's event loop.
 */
public final class HandoverHistory {

  private static final int PER_PEER_MAX = 100;
  private static final long DURATION_MICROS_MAX = 3_600_000_000L;

  private final Map<String, Deque<HandoverRecord>> byPeer = new LinkedHashMap<>();
  private final Map<HandoverCause, Map<HandoverResult, Long>> counts =
      new EnumMap<>(HandoverCause.class);
  private final Histogram durationMicros = new Histogram(DURATION_MICROS_MAX, 2);

  /**
   * A handover has just ended. One that led to where the session was already, to renew keys, is not
   * kept.
   */
  public void handleReport(String peer, HandoverReport report, Instant wallNow) {
    if (report.to() != null && report.to().equals(report.from())) {
      return;
    }
    counts
        .computeIfAbsent(report.cause(), cause -> new EnumMap<>(HandoverResult.class))
        .merge(report.result(), 1L, Long::sum);
    if (report.result() == HandoverResult.DONE) {
      durationMicros.recordValue(Math.min(report.durationNanos() / 1000, DURATION_MICROS_MAX));
    }
    Deque<HandoverRecord> records = byPeer.computeIfAbsent(peer, name -> new ArrayDeque<>());
    if (records.size() == PER_PEER_MAX) {
      records.removeLast();
    }
    Instant began = wallNow.minusNanos(report.durationNanos());
    records.addFirst(new HandoverRecord(peer, began, report));
  }

  /** The peer left the network: its handovers are forgotten, the counters are not. */
  public void handlePeerGone(String peer) {
    byPeer.remove(peer);
  }

  /** The last handovers of a peer, newest first. */
  public List<HandoverRecord> of(String peer) {
    return new ArrayList<>(byPeer.getOrDefault(peer, new ArrayDeque<>()));
  }

  /** The last handovers of all peers, newest first. */
  public List<HandoverRecord> all() {
    List<HandoverRecord> all = new ArrayList<>();
    byPeer.values().forEach(all::addAll);
    all.sort(Comparator.comparing(HandoverRecord::time).reversed());
    return all;
  }

  public long count(HandoverCause cause, HandoverResult result) {
    return counts.getOrDefault(cause, Map.of()).getOrDefault(result, 0L);
  }

  /** From the first step to the last of those that succeeded, a copy in microseconds. */
  public Histogram durationMicros() {
    return durationMicros.copy();
  }
}
