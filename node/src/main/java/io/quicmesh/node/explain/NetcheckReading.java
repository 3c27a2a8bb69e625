package io.quicmesh.node.explain;

import io.quicmesh.monitor.api.FamilyCheck;
import io.quicmesh.monitor.api.Netcheck;
import io.quicmesh.monitor.api.RelayLink;
import io.quicmesh.tap.link.IpPrefix;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads off the connections that a node has what the network around it lets through. Nothing is
 * sent for it; what the connections do not show is said to be unproven.
 */
public final class NetcheckReading {

  private static final String WORKS = "works";
  private final List<RelayLink> relays;
  private final List<InetAddress> own;

  private NetcheckReading(List<RelayLink> relays, List<InetAddress> own) {
    this.relays = relays;
    this.own = own;
  }

  /**
   * What the relays and this host's addresses show.
   *
   * @param own addresses of this host's interfaces
   * @param hasDirect whether any direct connection is up
   */
  public static Netcheck of(List<RelayLink> relays, List<InetAddress> own, boolean hasDirect) {
    NetcheckReading reading = new NetcheckReading(relays, own);
    FamilyCheck v4 = reading.family(false);
    FamilyCheck v6 = reading.family(true);
    boolean isProven = hasDirect || v4.udp().equals(WORKS) || v6.udp().equals(WORKS);
    String udp =
        isProven
            ? WORKS
            : relays.isEmpty()
                ? "not proven: no relay is configured, and no direct connection is up"
                : "not proven: no relay answers, so that UDP may be blocked here";
    return new Netcheck(udp, v4, v6, relays, "not probed");
  }

  private FamilyCheck family(boolean isV6) {
    List<String> local = new ArrayList<>();
    for (InetAddress address : own) {
      if (address instanceof Inet6Address == isV6 && isUseful(address)) {
        local.add(IpPrefix.text(address));
      }
    }
    List<String> observed = observed(isV6);
    String udp =
        !observed.isEmpty()
            ? WORKS
            : local.isEmpty()
                ? "no: this host has no such address"
                : "not proven: no relay is connected over it";
    return new FamilyCheck(udp, local, observed, nat(local, observed), mapping(observed));
  }

  private static boolean isUseful(InetAddress address) {
    return !address.isLoopbackAddress()
        && !address.isLinkLocalAddress()
        && !address.isAnyLocalAddress()
        && !address.isMulticastAddress();
  }

  /** The addresses that relays see, once for every relay. */
  private List<String> observed(boolean isV6) {
    List<String> seen = new ArrayList<>();
    for (RelayLink relay : relays) {
      String address = relay.observedAddr();
      if (relay.state().equals("up") && address != null && address.startsWith("[") == isV6) {
        seen.add(address);
      }
    }
    return seen;
  }

  private static String nat(List<String> local, List<String> observed) {
    if (observed.isEmpty()) {
      return "not known";
    }
    for (String address : observed) {
      if (!local.contains(host(address))) {
        return "yes";
      }
    }
    return "none";
  }

  private static String mapping(List<String> observed) {
    Set<String> different = new LinkedHashSet<>(observed);
    if (observed.size() < 2) {
      return "not probed: two relays are needed, " + observed.size() + " is connected";
    }
    return different.size() == 1
        ? "the same for " + observed.size() + " relays"
        : "varies with the destination";
  }

  private static String host(String addressAndPort) {
    String host = addressAndPort.substring(0, addressAndPort.lastIndexOf(':'));
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }
}
