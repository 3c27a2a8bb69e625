package io.quicmesh.migration;

import java.util.List;
import java.util.Set;

/**
 * The operator's say in which uplink is used.
 *
 * @param order interface names, the most preferred first; others come after them
 * @param metered interfaces that cost: used when there is no other
 */
public record UplinkPreference(List<String> order, Set<String> metered) {

  /** Leaves the choice to the kernel as long as that works. */
  public static final UplinkPreference NONE = new UplinkPreference(List.of(), Set.of());

  public UplinkPreference {
    order = List.copyOf(order);
    metered = Set.copyOf(metered);
  }

  int rank(String name) {
    int index = order.indexOf(name);
    return index < 0 ? order.size() : index;
  }
}
