package io.quicmesh.node;

import io.quicmesh.migration.CarrierId;
import io.quicmesh.migration.HandoverReport;
import io.quicmesh.migration.HandoverResult;
import io.quicmesh.migration.HandoverStep;
import io.quicmesh.monitor.api.HandoverEntry;
import io.quicmesh.transport.wire.Fingerprint;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The last handovers of every peer, and how many succeeded since the node started. Loop-owned. */
final class EndedHandovers {

  private static final int PER_PEER_MAX = 100;

  private final Map<Fingerprint, Deque<HandoverEntry>> entries = new LinkedHashMap<>();
  private final Map<Fingerprint, Long> counts = new LinkedHashMap<>();

  /**
   * Keeps a handover that ended.
   *
   * @param name what the peer is called now
   * @return what those who watch see of it
   */
  HandoverEntry add(Fingerprint peer, String name, HandoverReport report, Instant now) {
    HandoverEntry entry = entry(name, report, now);
    Deque<HandoverEntry> ofPeer = entries.computeIfAbsent(peer, id -> new ArrayDeque<>());
    ofPeer.addFirst(entry);
    if (ofPeer.size() > PER_PEER_MAX) {
      ofPeer.removeLast();
    }
    if (report.result() == HandoverResult.DONE) {
      counts.merge(peer, 1L, Long::sum);
    }
    return entry;
  }

  private static HandoverEntry entry(String name, HandoverReport report, Instant now) {
    List<io.quicmesh.monitor.api.HandoverStep> steps = new ArrayList<>();
    for (HandoverStep step : report.steps()) {
      steps.add(new io.quicmesh.monitor.api.HandoverStep(step.state().name(), step.nanos() / 1e6));
    }
    return new HandoverEntry(
        name,
        now,
        label(report.from()),
        report.to() == null ? report.toKind().label() : label(report.to()),
        report.cause().label(),
        report.result() == HandoverResult.DONE ? HandoverEntry.DONE : HandoverEntry.FAILED,
        report.reason(),
        steps,
        report.gapNanos() / 1e6,
        report.framesResent());
  }

  private static String label(@Nullable CarrierId id) {
    return id == null ? "none" : id.label();
  }

  /** All that are kept, the newest first. */
  List<HandoverEntry> newestFirst() {
    List<HandoverEntry> all = new ArrayList<>();
    entries.values().forEach(all::addAll);
    all.sort((a, b) -> b.time().compareTo(a.time()));
    return all;
  }

  /** How many handovers of a peer succeeded. */
  long countOf(Fingerprint peer) {
    return counts.getOrDefault(peer, 0L);
  }
}
