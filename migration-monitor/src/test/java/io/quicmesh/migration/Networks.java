package io.quicmesh.migration;

import static io.quicmesh.migration.Addresses.ip;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Builds views of a host's network for tests. */
final class Networks {

  private final List<InterfaceView> interfaces = new ArrayList<>();
  private final List<DefaultRoute> routes = new ArrayList<>();
  private Set<UplinkUse> used = Set.of();

  /** A laptop on Wi-Fi, with a modem that is dearer, docker0, another VPN and our own TAP. */
  static Networks laptop() {
    return new Networks()
        .with("wlan0", InterfaceKind.ORDINARY, ip(192, 0, 2, 10))
        .with("wwan0", InterfaceKind.ORDINARY, ip(198, 51, 100, 10))
        .with("docker0", InterfaceKind.CONTAINER, ip(172, 17, 0, 1))
        .with("tun0", InterfaceKind.TUNNEL, ip(10, 8, 0, 2))
        .with("qm0", InterfaceKind.OWN_TAP, ip(10, 66, 0, 2))
        .route("wlan0", 1, 600)
        .route("wwan0", 2, 700)
        .uses("wlan0", ip(192, 0, 2, 10));
  }

  Networks with(String name, InterfaceKind kind, InetAddress... addresses) {
    return put(new InterfaceView(name, kind, true, true, Set.of(addresses)));
  }

  Networks down(String name) {
    return change(name, false, false);
  }

  Networks noCarrier(String name) {
    return change(name, true, false);
  }

  private Networks change(String name, boolean up, boolean carrier) {
    InterfaceView was = find(name);
    return put(new InterfaceView(name, was.kind(), up, carrier, was.addresses()));
  }

  Networks addresses(String name, InetAddress... addresses) {
    InterfaceView was = find(name);
    return put(new InterfaceView(name, was.kind(), was.up(), was.carrier(), Set.of(addresses)));
  }

  Networks without(String name) {
    interfaces.removeIf(view -> view.name().equals(name));
    return noRoute(name);
  }

  Networks route(String name, int gateway, long metric) {
    routes.add(new DefaultRoute(false, name, ip(192, 0, 2, 200 + gateway), metric));
    return this;
  }

  Networks noRoute(String name) {
    routes.removeIf(route -> route.interfaceName().equals(name));
    return this;
  }

  Networks uses(String name, @Nullable InetAddress local) {
    used = Set.of(new UplinkUse(name, local));
    return this;
  }

  NetworkView view() {
    return new NetworkView(interfaces, routes, used);
  }

  private InterfaceView find(String name) {
    return interfaces.stream().filter(view -> view.name().equals(name)).findFirst().orElseThrow();
  }

  private Networks put(InterfaceView view) {
    interfaces.removeIf(old -> old.name().equals(view.name()));
    interfaces.add(view);
    return this;
  }
}
