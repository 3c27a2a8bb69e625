package io.quicmesh.migration;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Compares how the network is with how it was, and says what that means: nothing, minor or major.
 *
 * <p>Major is what touches the uplinks that our connections leave by: one that is gone, down or
 * without carrier, one whose address in use is gone or not in use any more, another choice of the
 * kernel, another preferred default route. Minor is what only changes where we can be reached:
 * ordinary interfaces and their addresses. Containers, tunnels of others and our own TAP device
 * coming and going is nothing, unless our connections leave by them.
 *
 * <p>Mutable; owned by whoever watches the links.
 */
public final class NetworkClassifier {

  private @Nullable NetworkView last;

  /** The network as it is now; the first view is compared with nothing. */
  public NetworkChange handleView(NetworkView now) {
    NetworkView before = last;
    last = now;
    if (before == null || before.equals(now)) {
      return NetworkChange.NOTHING;
    }
    for (UplinkUse used : before.used()) {
      NetworkChange lost = lostUplink(used, before, now);
      if (lost != null) {
        return lost;
      }
    }
    NetworkChange routed = otherRoute(before, now);
    return routed != null ? routed : otherCandidates(before, now);
  }

  private static @Nullable NetworkChange lostUplink(
      UplinkUse used, NetworkView before, NetworkView now) {
    String name = used.interfaceName();
    InterfaceView was = before.find(name).orElse(null);
    InterfaceView is = now.find(name).orElse(null);
    if (was == null || was.kind() == InterfaceKind.OWN_TAP) {
      return null;
    }
    if (is == null) {
      return NetworkChange.major(MigrationCause.LINK_DOWN, name + " is gone");
    }
    if (was.up() && !is.up()) {
      return NetworkChange.major(MigrationCause.LINK_DOWN, name + " is down");
    }
    if (was.carrier() && !is.carrier()) {
      return NetworkChange.major(MigrationCause.CARRIER_LOST, name + " lost its carrier");
    }
    Set<InetAddress> gone = new HashSet<>(was.addresses());
    gone.removeAll(is.addresses());
    boolean lost =
        used.localAddress() == null ? !gone.isEmpty() : gone.contains(used.localAddress());
    return lost
        ? NetworkChange.major(MigrationCause.ADDRESS_CHANGE, name + " changed its address")
        : null;
  }

  private static @Nullable NetworkChange otherRoute(NetworkView before, NetworkView now) {
    if (!namesOf(before.used()).equals(namesOf(now.used()))) {
      String reason = "connections leave by " + String.join(", ", namesOf(now.used()));
      return NetworkChange.major(MigrationCause.ROUTE_CHANGE, reason);
    }
    if (!before.used().equals(now.used()) && areSourcesKnown(before) && areSourcesKnown(now)) {
      String reason = "connections leave from another address";
      return NetworkChange.major(MigrationCause.ADDRESS_CHANGE, reason);
    }
    for (boolean ipv6 : new boolean[] {false, true}) {
      Optional<DefaultRoute> was = before.preferredRoute(ipv6);
      Optional<DefaultRoute> is = now.preferredRoute(ipv6);
      if (!was.map(NetworkClassifier::hop).equals(is.map(NetworkClassifier::hop))) {
        String name = is.map(DefaultRoute::interfaceName).orElse("no interface");
        String reason = "the default route leaves by " + name;
        return NetworkChange.major(MigrationCause.ROUTE_CHANGE, reason);
      }
    }
    return null;
  }

  /**
   * The kernel may have another source address in mind while the old one is still there, or, since
   * it is asked later than its events tell, before these say that the old one is gone.
   */
  private static boolean areSourcesKnown(NetworkView view) {
    return view.used().stream().allMatch(use -> use.localAddress() != null);
  }

  /** The metric alone changes no packet's way. */
  private static UplinkHop hop(DefaultRoute route) {
    return new UplinkHop(route.interfaceName(), route.gateway());
  }

  private record UplinkHop(String interfaceName, @Nullable InetAddress gateway) {}

  private static Set<String> namesOf(Set<UplinkUse> used) {
    Set<String> names = new TreeSet<>();
    used.forEach(use -> names.add(use.interfaceName()));
    return names;
  }

  private static NetworkChange otherCandidates(NetworkView before, NetworkView now) {
    Set<String> names = new TreeSet<>();
    before.interfaces().forEach(view -> names.add(view.name()));
    now.interfaces().forEach(view -> names.add(view.name()));
    for (String name : names) {
      Set<InetAddress> was = candidates(before, name);
      Set<InetAddress> is = candidates(now, name);
      if (!Objects.equals(was, is)) {
        String what = is.size() > was.size() ? " has a new address" : " changed its addresses";
        return NetworkChange.minor(name + what);
      }
    }
    return NetworkChange.NOTHING;
  }

  /** The addresses of an interface at which a peer might reach us. */
  private static Set<InetAddress> candidates(NetworkView network, String name) {
    return network
        .find(name)
        .filter(view -> view.kind() == InterfaceKind.ORDINARY && view.isUsable())
        .map(InterfaceView::addresses)
        .orElse(Set.of());
  }
}
