package io.quicmesh.node;

import io.quicmesh.migration.CarrierId;
import io.quicmesh.migration.CarrierKind;
import io.quicmesh.transport.session.Carrier;
import io.quicmesh.transport.wire.CloseCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The carriers of one session that are there, oldest first. Loop-owned. */
final class CarrierEntries {

  private static final long SPARE_NANOS_MIN = TimeUnit.SECONDS.toNanos(5);

  private final List<CarrierEntry> entries = new ArrayList<>();

  void add(CarrierEntry entry) {
    entries.add(entry);
  }

  void remove(CarrierEntry entry) {
    entries.remove(entry);
  }

  /** The carriers as they are now; a copy, because what is done with them may change them. */
  List<CarrierEntry> all() {
    return List.copyOf(entries);
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  boolean hasDirect() {
    return entries.stream().anyMatch(entry -> entry.id().kind() == CarrierKind.DIRECT);
  }

  @Nullable CarrierEntry find(@Nullable Carrier carrier) {
    for (CarrierEntry entry : entries) {
      if (entry.carrier().equals(carrier)) {
        return entry;
      }
    }
    return null;
  }

  /** When the health of some carrier's path is to be looked at next. */
  long nextHealthDeadlineNanos() {
    long next = Long.MAX_VALUE;
    for (CarrierEntry entry : entries) {
      next = Math.min(next, entry.health().nextDeadlineNanos());
    }
    return next;
  }

  /** The newest carrier of this name. */
  @Nullable CarrierEntry find(CarrierId id) {
    for (int i = entries.size() - 1; i >= 0; i--) {
      if (entries.get(i).id().equals(id)) {
        return entries.get(i);
      }
    }
    return null;
  }

  /**
   * Closes direct carriers beside the one in use, or beside the newest that answers if none is:
   * both sides may have dialled, and one is enough. One that came just now may be there to replace
   * another, which the peer will close, so it is left alone for a while.
   */
  void closeExtraDirect(@Nullable CarrierEntry current, long nowNanos) {
    CarrierEntry kept =
        current != null && current.id().kind() == CarrierKind.DIRECT ? current : newestDirect();
    if (kept == null || kept.health().isSilent()) {
      return;
    }
    for (CarrierEntry entry : all()) {
      boolean isSpare = entry.id().kind() == CarrierKind.DIRECT && !entry.equals(kept);
      if (isSpare && nowNanos - entry.addedNanos() >= SPARE_NANOS_MIN) {
        entry.carrier().close(CloseCode.SUPERSEDED);
      }
    }
  }

  private @Nullable CarrierEntry newestDirect() {
    for (int i = entries.size() - 1; i >= 0; i--) {
      CarrierEntry entry = entries.get(i);
      if (entry.id().kind() == CarrierKind.DIRECT && !entry.health().isSilent()) {
        return entry;
      }
    }
    return null;
  }

  /** Closes direct carriers that answer no more: the process at their other end is gone. */
  void closeSilentDirect() {
    for (CarrierEntry entry : all()) {
      if (entry.id().kind() == CarrierKind.DIRECT && entry.health().isSilent()) {
        entry.carrier().close(CloseCode.SUPERSEDED);
      }
    }
  }
}
