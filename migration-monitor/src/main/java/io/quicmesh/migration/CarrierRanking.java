package io.quicmesh.migration;

import io.quicmesh.migration.Decision.Considered;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Ranks the carriers of a session and makes the decision, without changing anything. */
final class CarrierRanking {

  /** A carrier is not left for a better one of its kind before it had time to be measured. */
  private static final long DWELL_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final ChoiceSettings settings;
  private final Map<CarrierId, CarrierView> carriers;
  private final ForcedCarrier forced;

  CarrierRanking(
      ChoiceSettings settings, Map<CarrierId, CarrierView> carriers, ForcedCarrier forced) {
    this.settings = settings;
    this.carriers = carriers;
    this.forced = forced;
  }

  Decision decide(@Nullable CarrierId current, long currentSinceNanos, long nowNanos) {
    List<Considered> ranked = rank(carriers.values(), current, nowNanos);
    Considered stay = find(ranked, current);
    Considered best = firstUsable(ranked, stay, nowNanos);
    boolean staying =
        best == null
            || best.equals(stay)
            || (stay != null
                && isSameRank(stay, best)
                && (nowNanos - currentSinceNanos < DWELL_NANOS || !beatsByMargin(best, stay)));
    Considered chosen = staying ? stay : best;
    HandoverCause cause = staying || best == null ? null : causeOf(best, stay, nowNanos);
    return new Decision(
        nowNanos,
        current,
        chosen == null ? null : chosen.carrier(),
        cause,
        forced.untilNanos(),
        ranked);
  }

  private List<Considered> rank(
      Collection<CarrierView> views, @Nullable CarrierId current, long nowNanos) {
    List<Considered> ranked = new ArrayList<>(views.size());
    for (CarrierView view : views) {
      Standing standing = view.standing(view.id.equals(current), forced.wants(view.id), nowNanos);
      long heldUntil =
          standing == Standing.HELD_DOWN ? view.heldUntilNanos(nowNanos) : Deadlines.NEVER;
      ranked.add(new Considered(view.id, standing, view.quality, heldUntil));
    }
    ranked.sort(
        Comparator.comparing(Considered::standing)
            .thenComparing(considered -> considered.carrier().kind())
            .thenComparingDouble(Considered::costNanos));
    return ranked;
  }

  private static @Nullable Considered find(List<Considered> ranked, @Nullable CarrierId carrier) {
    for (Considered considered : ranked) {
      if (considered.carrier().equals(carrier)) {
        return considered;
      }
    }
    return null;
  }

  private @Nullable Considered firstUsable(
      List<Considered> ranked, @Nullable Considered current, long nowNanos) {
    for (Considered considered : ranked) {
      CarrierView view = carriers.get(considered.carrier());
      boolean paused = view != null && nowNanos < view.pausedUntilNanos();
      if (considered.standing() != Standing.SILENT && (considered.equals(current) || !paused)) {
        return considered;
      }
    }
    return null;
  }

  private static boolean isSameRank(Considered a, Considered b) {
    return a.standing() == b.standing() && a.carrier().kind() == b.carrier().kind();
  }

  private boolean beatsByMargin(Considered better, Considered current) {
    double margin =
        Math.max((double) settings.marginNanos(), current.costNanos() * settings.marginRatio());
    return better.quality().measured() && better.costNanos() < current.costNanos() - margin;
  }

  private HandoverCause causeOf(Considered to, @Nullable Considered from, long nowNanos) {
    CarrierView left = from == null ? null : carriers.get(from.carrier());
    if (left == null || from == null) {
      return HandoverCause.DEAD;
    }
    if (to.standing() == Standing.FORCED) {
      return HandoverCause.FORCED;
    }
    if (left.leaving != null && from.standing() == Standing.LEAVING) {
      return left.leaving;
    }
    return switch (from.standing()) {
      case SILENT -> HandoverCause.SILENCE;
      case SMALL_PACKETS -> HandoverCause.SMALL_PACKETS;
      case WORSE -> HandoverCause.WORSE;
      default -> causeOfBetter(to, from, nowNanos);
    };
  }

  private HandoverCause causeOfBetter(Considered to, Considered from, long nowNanos) {
    if (to.carrier().kind() == from.carrier().kind()) {
      return HandoverCause.BETTER;
    }
    CarrierView view = carriers.get(to.carrier());
    boolean flapped = view != null && view.holdDown.flaps(nowNanos) > 0;
    return flapped ? HandoverCause.RECOVERED : HandoverCause.PREFER_DIRECT;
  }
}
