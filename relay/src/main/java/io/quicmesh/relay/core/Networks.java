package io.quicmesh.relay.core;

import io.quicmesh.transport.wire.Fingerprint;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The networks that are allowed here, and those of them that the relay knows something of. */
final class Networks {

  private final @Nullable Set<Fingerprint> allowed;
  private final int networksMax;
  private final Map<Fingerprint, Network> networks = new LinkedHashMap<>();

  /**
   * Nothing is connected yet.
   *
   * @param allowed ids of the networks that may use the relay, or null for any
   */
  Networks(@Nullable Set<Fingerprint> allowed, int networksMax) {
    this.allowed = allowed == null ? null : Set.copyOf(allowed);
    this.networksMax = networksMax;
  }

  boolean isAllowed(Fingerprint id) {
    return allowed == null || allowed.contains(id);
  }

  @Nullable Network find(Fingerprint id) {
    return networks.get(id);
  }

  /** The network of this id, made if need be; null if there are too many. */
  @Nullable Network enter(Fingerprint id) {
    Network known = networks.get(id);
    if (known != null) {
      return known;
    }
    if (networks.size() >= networksMax && !forgetIdle()) {
      return null;
    }
    Network network = new Network(id);
    networks.put(id, network);
    return network;
  }

  /** Forgets a network without connections, unless its revoked keys are to be remembered. */
  void leave(Network network) {
    if (network.connections() == 0 && network.revoked == null) {
      networks.remove(network.id);
    }
  }

  Collection<Network> all() {
    return networks.values();
  }

  private boolean forgetIdle() {
    for (Network network : networks.values()) {
      if (network.connections() == 0) {
        networks.remove(network.id);
        return true;
      }
    }
    return false;
  }
}
