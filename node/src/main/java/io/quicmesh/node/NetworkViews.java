package io.quicmesh.node;

import io.quicmesh.migration.DefaultRoute;
import io.quicmesh.migration.InterfaceKind;
import io.quicmesh.migration.InterfaceView;
import io.quicmesh.migration.NetworkView;
import io.quicmesh.migration.UplinkUse;
import io.quicmesh.tap.link.Link;
import io.quicmesh.tap.link.LinkAddress;
import io.quicmesh.tap.link.LinkKind;
import io.quicmesh.tap.link.LinkSnapshot;
import io.quicmesh.tap.link.Route;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what the kernel says of its links as what the underlay needs to know of them. */
final class NetworkViews {

  private final String ownTap;

  NetworkViews(String ownTap) {
    this.ownTap = ownTap;
  }

  NetworkView view(LinkSnapshot snapshot, Set<UplinkUse> used) {
    List<InterfaceView> interfaces = new ArrayList<>();
    for (Link link : snapshot.links()) {
      interfaces.add(
          new InterfaceView(
              link.name(), kind(link), link.up(), link.carrier(), addresses(snapshot, link)));
    }
    List<DefaultRoute> routes = new ArrayList<>();
    for (Route route : snapshot.defaultRoutes()) {
      snapshot
          .link(route.linkIndex())
          .filter(link -> route.table() == Route.MAIN_TABLE)
          .ifPresent(
              link ->
                  routes.add(
                      new DefaultRoute(
                          route.destination().isIpv6(),
                          link.name(),
                          route.gateway(),
                          route.metric())));
    }
    return new NetworkView(interfaces, routes, used);
  }

  /** The interface that has this address, or null. */
  @Nullable String interfaceOf(LinkSnapshot snapshot, InetAddress address) {
    for (LinkAddress known : snapshot.addresses()) {
      if (known.prefix().address().equals(address)) {
        return snapshot.link(known.linkIndex()).map(Link::name).orElse(null);
      }
    }
    return null;
  }

  private InterfaceKind kind(Link link) {
    if (link.name().equals(ownTap)) {
      return InterfaceKind.OWN_TAP;
    }
    LinkKind kind = link.kind();
    return switch (kind) {
      case PHYSICAL, VETH, BRIDGE, VLAN, BOND, OTHER -> InterfaceKind.ORDINARY;
      case TUN -> isCard(link) ? InterfaceKind.ORDINARY : InterfaceKind.TUNNEL;
      case WIREGUARD -> InterfaceKind.TUNNEL;
      case LOOPBACK, CONTAINER -> InterfaceKind.CONTAINER;
    };
  }

  /** A TAP device that is called like a card plays the part of one, as in virtual machines. */
  private static boolean isCard(Link link) {
    return link.name().matches("(eth|en|wl|ww).*");
  }

  private static Set<InetAddress> addresses(LinkSnapshot snapshot, Link link) {
    Set<InetAddress> addresses = new HashSet<>();
    for (LinkAddress address : snapshot.addressesOf(link.index())) {
      InetAddress plain = address.prefix().address();
      if (address.usable() && !plain.isLinkLocalAddress() && !plain.isLoopbackAddress()) {
        addresses.add(plain);
      }
    }
    return addresses;
  }
}
