package io.quicmesh.node.world;

import io.quicmesh.transport.identity.TransportIdentity;
import io.quicmesh.transport.wire.Fingerprint;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All hosts, the addresses that they have at this moment, and the wires between them. */
public final class Underlay {

  /** Sees all bytes that sessions write on carriers. */
  public interface Tap {

    /** A stream of a carrier was opened or written by a host. */
    void written(WorldStream stream, byte[] bytes);
  }

  private final WorldClock clock;
  private final long idleTimeoutNanos;
  private final Tap tap;
  private final List<WorldHost> hosts = new ArrayList<>();
  private final Map<InetSocketAddress, WorldHost> byAddress = new HashMap<>();
  private final Map<List<WorldHost>, Wire> wires = new LinkedHashMap<>();
  private final Map<Fingerprint, List<X509Certificate>> chains = new HashMap<>();
  private long connections;

  /** An underlay without hosts. */
  public Underlay(WorldClock clock, long idleTimeoutNanos, Tap tap) {
    this.clock = clock;
    this.idleTimeoutNanos = idleTimeoutNanos;
    this.tap = tap;
  }

  /** Adds a host, and wires between it and all others. */
  public WorldHost add(String name, TransportIdentity identity, InetSocketAddress address) {
    WorldHost host = new WorldHost(name, this, identity, address);
    for (WorldHost other : hosts) {
      long latencyNanos = clock.between(500, 30_000) * 1_000L;
      wires.put(List.of(host, other), new Wire(clock, host + ">" + other, latencyNanos));
      wires.put(List.of(other, host), new Wire(clock, other + ">" + host, latencyNanos));
    }
    hosts.add(host);
    byAddress.put(address, host);
    chains.put(identity.fingerprint(), identity.chain());
    return host;
  }

  /** The direction from one host to another. */
  public Wire wire(WorldHost from, WorldHost to) {
    Wire wire = wires.get(List.of(from, to));
    if (wire == null) {
      throw new IllegalArgumentException("no wire from " + from + " to " + to);
    }
    return wire;
  }

  /** The other direction. */
  public Wire reverse(Wire wire) {
    for (Map.Entry<List<WorldHost>, Wire> entry : wires.entrySet()) {
      if (entry.getValue().equals(wire)) {
        return wire(entry.getKey().get(1), entry.getKey().get(0));
      }
    }
    throw new IllegalArgumentException("not a wire of this underlay");
  }

  /** All directions. */
  public List<Wire> wires() {
    return List.copyOf(wires.values());
  }

  /** The hosts. */
  public List<WorldHost> hosts() {
    return hosts;
  }

  WorldClock clock() {
    return clock;
  }

  long idleTimeoutNanos() {
    return idleTimeoutNanos;
  }

  Tap tap() {
    return tap;
  }

  @Nullable WorldHost at(InetSocketAddress address) {
    return byAddress.get(address);
  }

  void move(WorldHost host, InetSocketAddress from, InetSocketAddress to) {
    byAddress.remove(from, host);
    byAddress.put(to, host);
  }

  List<X509Certificate> chain(Fingerprint of) {
    List<X509Certificate> chain = chains.get(of);
    if (chain == null) {
      throw new IllegalArgumentException("nobody has this key");
    }
    return chain;
  }

  String nextConnectionId() {
    return String.format("%08x", ++connections);
  }
}
