package io.quicmesh.migration;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the uplink by which the UDP socket's packets leave. The kernel's routing decides, unless
 * its choice has no carrier (a route survives that), swallows everything, is metered while another
 * is not, or stands below another in the operator's order; then the socket is bound to a better
 * one.
 *
 * <p>An uplink that swallowed everything is avoided for a minute, twice as long each time, until
 * the uplink itself changes. If all of them did, the one of which that was noticed first is tried
 * again: the others are known to be no better.
 *
 * <p>Mutable; owned by the event loop that owns the port.
 */
public final class UplinkChoice {

  private static final long AVOID_FIRST_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long AVOID_MAX_NANOS = TimeUnit.MINUTES.toNanos(16);

  private static final long NOT_AVOIDED = Long.MIN_VALUE;

  private final UplinkPreference preference;
  private final Map<String, BlackHole> blackHoles = new HashMap<>();
  private final Deque<UplinkOutput> outputs = new ArrayDeque<>();
  private NetworkView network = NetworkView.NONE;
  private @Nullable String bound;

  private record BlackHole(int times, long sinceNanos, long avoidUntilNanos) {}

  public UplinkChoice(UplinkPreference preference) {
    this.preference = preference;
  }

  /** The network as it is now. {@code used} in it is what the kernel would choose unbound. */
  public void handleView(NetworkView now, long nowNanos) {
    NetworkView before = network;
    network = now;
    blackHoles.keySet().removeIf(name -> !before.find(name).equals(now.find(name)));
    evaluate(nowNanos);
  }

  /** Nothing comes back over an uplink that looks well. */
  public void handleBlackHole(String interfaceName, long nowNanos) {
    BlackHole before = blackHoles.get(interfaceName);
    int times = before == null ? 1 : before.times + 1;
    long avoid = Math.min(AVOID_FIRST_NANOS << Math.min(times - 1, 10), AVOID_MAX_NANOS);
    blackHoles.put(interfaceName, new BlackHole(times, nowNanos, nowNanos + avoid));
    evaluate(nowNanos);
  }

  public long nextDeadlineNanos() {
    long next = Deadlines.NEVER;
    for (BlackHole hole : blackHoles.values()) {
      next = Math.min(next, hole.avoidUntilNanos);
    }
    return next;
  }

  public void handleDeadline(long nowNanos) {
    if (nowNanos >= nextDeadlineNanos()) {
      blackHoles.replaceAll(
          (name, hole) ->
              nowNanos < hole.avoidUntilNanos
                  ? hole
                  : new BlackHole(hole.times, hole.sinceNanos, Deadlines.NEVER));
      evaluate(nowNanos);
    }
  }

  public @Nullable UplinkOutput poll() {
    return outputs.poll();
  }

  /** The interface that the socket is bound to; null if the kernel chooses. */
  public @Nullable String bound() {
    return bound;
  }

  private void evaluate(long nowNanos) {
    InterfaceView kernels = kernelsChoice().orElse(null);
    InterfaceView best =
        network.interfaces().stream()
            .filter(view -> view.isUsable() && (view.equals(kernels) || isCandidate(view)))
            .min(
                Comparator.comparingLong(
                        (InterfaceView view) -> avoidedSince(view.name(), nowNanos))
                    .thenComparingInt(view -> preference.rank(view.name()))
                    .thenComparing(view -> preference.metered().contains(view.name()))
                    .thenComparing(view -> !view.equals(kernels))
                    .thenComparingLong(view -> metric(view.name()))
                    .thenComparing(InterfaceView::name))
            .orElse(null);
    if (best == null || best.equals(kernels)) {
      release();
    } else if (!best.name().equals(bound)) {
      bound = best.name();
      outputs.add(bind(best.name(), kernels, nowNanos));
    }
  }

  private void release() {
    if (bound != null) {
      bound = null;
      outputs.add(new UplinkOutput.Release());
    }
  }

  private UplinkOutput bind(String name, @Nullable InterfaceView kernels, long nowNanos) {
    if (kernels == null) {
      return new UplinkOutput.Bind(name, MigrationCause.LINK_DOWN, "no uplink is routed");
    }
    String instead = kernels.name();
    if (!kernels.isUsable()) {
      return new UplinkOutput.Bind(name, MigrationCause.CARRIER_LOST, instead + " cannot send");
    }
    return isAvoided(instead, nowNanos)
        ? new UplinkOutput.Bind(name, MigrationCause.SILENT_PATH, instead + " swallows everything")
        : new UplinkOutput.Bind(
            name, MigrationCause.UPLINK_PREFERENCE, instead + " is less preferred");
  }

  private boolean isCandidate(InterfaceView view) {
    return preference.order().contains(view.name())
        || (view.kind() == InterfaceKind.ORDINARY && isRouted(view.name()));
  }

  /** Without any default route there is no telling what an uplink is: then each one may be. */
  private boolean isRouted(String name) {
    return network.defaultRoutes().isEmpty() || metric(name) != Long.MAX_VALUE;
  }

  private boolean isAvoided(String name, long nowNanos) {
    return avoidedSince(name, nowNanos) != NOT_AVOIDED;
  }

  private long avoidedSince(String name, long nowNanos) {
    BlackHole hole = blackHoles.get(name);
    if (hole == null || hole.avoidUntilNanos == Deadlines.NEVER) {
      return NOT_AVOIDED;
    }
    return nowNanos < hole.avoidUntilNanos ? hole.sinceNanos : NOT_AVOIDED;
  }

  private long metric(String name) {
    return network.defaultRoutes().stream()
        .filter(route -> route.interfaceName().equals(name))
        .mapToLong(DefaultRoute::metric)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  private Optional<InterfaceView> kernelsChoice() {
    return network.used().stream()
        .map(UplinkUse::interfaceName)
        .filter(name -> !network.isOwnTap(name))
        .min(Comparator.naturalOrder())
        .or(this::routedFirst)
        .flatMap(network::find);
  }

  private Optional<String> routedFirst() {
    return network
        .preferredRoute(false)
        .or(() -> network.preferredRoute(true))
        .map(DefaultRoute::interfaceName);
  }
}
