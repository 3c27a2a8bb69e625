package io.quicmesh.migration;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What all connections together leave behind: notices to drain, totals, the latency histogram and
 * the last events.
 *
 * <p>Mutable; owned by the tracker's thread.
 */
final class MigrationLedger {

  /** Undrained notices beyond this are dropped, oldest first, so that no listener means no leak. */
  private static final int NOTICES_MAX = 4096;

  private static final int EVENTS_MAX = 1000;
  private static final long LATENCY_MICROS_MAX = 3_600_000_000L;

  private final Deque<MigrationNotice> notices = new ArrayDeque<>();
  private final Deque<Entry> events = new ArrayDeque<>();
  private final Histogram latencyMicros = new Histogram(LATENCY_MICROS_MAX, 2);
  private long totalSuccessful;
  private long totalFailed;
  private long noticesDropped;

  /** An event of the history whose gap may still grow: the silence around it can outlast it. */
  static final class Entry {
    private final String connectionId;
    private MigrationEvent event;

    private Entry(String connectionId, MigrationEvent event) {
      this.connectionId = connectionId;
      this.event = event;
    }

    MigrationEvent event() {
      return event;
    }

    void extendGap(long gapNanos) {
      if (gapNanos > event.gapNanos()) {
        event = event.withGapNanos(gapNanos);
      }
    }
  }

  void add(MigrationNotice notice) {
    if (notices.size() == NOTICES_MAX) {
      notices.removeFirst();
      noticesDropped++;
    }
    notices.addLast(notice);
  }

  Entry completed(String connectionId, MigrationEvent event, long latencyNanos) {
    totalSuccessful++;
    latencyMicros.recordValue(Math.min(Math.max(latencyNanos, 0) / 1000, LATENCY_MICROS_MAX));
    add(new MigrationNotice.Completed(connectionId, event, latencyNanos));
    return keep(connectionId, event);
  }

  Entry failed(String connectionId, MigrationEvent event, MigrationFailure reason) {
    totalFailed++;
    add(new MigrationNotice.Failed(connectionId, event, reason));
    return keep(connectionId, event);
  }

  private Entry keep(String connectionId, MigrationEvent event) {
    if (events.size() == EVENTS_MAX) {
      events.removeLast();
    }
    Entry entry = new Entry(connectionId, event);
    events.addFirst(entry);
    return entry;
  }

  @Nullable MigrationNotice poll() {
    return notices.pollFirst();
  }

  List<RecordedMigration> events() {
    List<RecordedMigration> newestFirst = new ArrayList<>(events.size());
    for (Entry entry : events) {
      newestFirst.add(new RecordedMigration(entry.connectionId, entry.event));
    }
    return newestFirst;
  }

  long totalSuccessful() {
    return totalSuccessful;
  }

  long totalFailed() {
    return totalFailed;
  }

  long noticesDropped() {
    return noticesDropped;
  }

  Histogram latencyMicros() {
    return latencyMicros.copy();
  }
}
