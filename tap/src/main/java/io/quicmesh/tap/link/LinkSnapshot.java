package io.quicmesh.tap.link;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The host's links, addresses and routes at one moment. The table of local addresses is left out.
 *
 * @param routesComplete false if there were more routes than are kept
 */
public record LinkSnapshot(
    Set<Link> links, Set<LinkAddress> addresses, Set<Route> routes, boolean routesComplete) {
  /** A host without any link. */
  public static final LinkSnapshot EMPTY = new LinkSnapshot(Set.of(), Set.of(), Set.of(), true);

  public LinkSnapshot {
    links = inOrder(links);
    addresses = inOrder(addresses);
    routes = inOrder(routes);
  }

  /** The link of this index. */
  public Optional<Link> link(int index) {
    return links.stream().filter(link -> link.index() == index).findFirst();
  }

  /** The link of this name. */
  public Optional<Link> link(String name) {
    return links.stream().filter(link -> link.name().equals(name)).findFirst();
  }

  /** The addresses on a link. */
  public List<LinkAddress> addressesOf(int linkIndex) {
    return addresses.stream().filter(address -> address.linkIndex() == linkIndex).toList();
  }

  /** The default routes of both families, whether or not their links can be used. */
  public List<Route> defaultRoutes() {
    return routes.stream().filter(Route::isDefault).toList();
  }

  private static <T> Set<T> inOrder(Set<T> elements) {
    return Collections.unmodifiableSet(new LinkedHashSet<>(elements));
  }
}
