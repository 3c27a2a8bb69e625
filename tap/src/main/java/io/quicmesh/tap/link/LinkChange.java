package io.quicmesh.tap.link;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The difference of two snapshots. A link that changed is among the removed ones as it was and
 * among the added ones as it is.
 */
public record LinkChange(
    Set<Link> linksRemoved,
    Set<Link> linksAdded,
    Set<LinkAddress> addressesRemoved,
    Set<LinkAddress> addressesAdded,
    Set<Route> routesRemoved,
    Set<Route> routesAdded) {
  /** What has to happen to the first snapshot to get the second one. */
  public static LinkChange between(LinkSnapshot before, LinkSnapshot after) {
    return new LinkChange(
        minus(before.links(), after.links()),
        minus(after.links(), before.links()),
        minus(before.addresses(), after.addresses()),
        minus(after.addresses(), before.addresses()),
        minus(before.routes(), after.routes()),
        minus(after.routes(), before.routes()));
  }

  /** Whether the snapshots are equal. */
  public boolean isEmpty() {
    return linksRemoved.isEmpty()
        && linksAdded.isEmpty()
        && addressesRemoved.isEmpty()
        && addressesAdded.isEmpty()
        && routesRemoved.isEmpty()
        && routesAdded.isEmpty();
  }

  /** The indexes of links that could be used and now cannot, or are gone. */
  public Set<Integer> linksLost() {
    return minus(indexes(linksRemoved, Link::isUsable), indexes(linksAdded, Link::isUsable));
  }

  /** The indexes of links that can be used now and could not before. */
  public Set<Integer> linksGained() {
    return minus(indexes(linksAdded, Link::isUsable), indexes(linksRemoved, Link::isUsable));
  }

  /** Whether the way to everywhere may be another one now. */
  public boolean defaultRoutesChanged() {
    return routesRemoved.stream().anyMatch(Route::isDefault)
        || routesAdded.stream().anyMatch(Route::isDefault);
  }

  private static Set<Integer> indexes(Set<Link> links, Predicate<Link> condition) {
    return links.stream().filter(condition).map(Link::index).collect(Collectors.toSet());
  }

  private static <T> Set<T> minus(Set<T> from, Set<T> what) {
    Set<T> rest = new LinkedHashSet<>(from);
    rest.removeAll(what);
    return rest;
  }
}
