package io.quicmesh.migration;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The host's network at one moment, as far as the underlay matters.
 *
 * @param interfaces all of them
 * @param defaultRoutes of both families
 * @param used the uplinks that our connections leave by
 */
public record NetworkView(
    List<InterfaceView> interfaces, List<DefaultRoute> defaultRoutes, Set<UplinkUse> used) {

  /** A host without any network. */
  public static final NetworkView NONE = new NetworkView(List.of(), List.of(), Set.of());

  public NetworkView {
    interfaces = List.copyOf(interfaces);
    defaultRoutes = List.copyOf(defaultRoutes);
    used = Set.copyOf(used);
  }

  Optional<InterfaceView> find(String name) {
    return interfaces.stream().filter(view -> view.name().equals(name)).findFirst();
  }

  /** The route that the kernel prefers, ours left out. */
  Optional<DefaultRoute> preferredRoute(boolean ipv6) {
    return defaultRoutes.stream()
        .filter(route -> route.ipv6() == ipv6 && !isOwnTap(route.interfaceName()))
        .min(Comparator.comparingLong(DefaultRoute::metric));
  }

  boolean isOwnTap(String name) {
    return find(name).map(view -> view.kind() == InterfaceKind.OWN_TAP).orElse(false);
  }
}
