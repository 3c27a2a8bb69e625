package io.quicmesh.node.cli;

import io.quicmesh.node.membership.InviteToken;
import io.quicmesh.node.membership.Membership;
import io.quicmesh.node.membership.MembershipException;
import io.quicmesh.node.membership.RelayAddress;
import io.quicmesh.node.registrar.Registrar;
import io.quicmesh.tap.link.IpPrefix;
import io.quicmesh.transport.wire.MemberName;
import io.quicmesh.transport.wire.OverlayAddress;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The network that {@code quicmesh up} makes on a host that has joined nothing. */
final class OwnNetwork {

  static final String NAME = "quicmesh";
  static final OverlayAddress SUBNET = OverlayAddress.parse("10.66.0.0/24");
  private static final Duration INVITATION = Duration.ofHours(24);

  private OwnNetwork() {}

  static void create(Membership membership, Path path, PrintWriter out)
      throws IOException, MembershipException {
    RelayAddress relay = EmbeddedRelay.create(path, underlayHost());
    membership.create(new Membership.Plan(NAME, SUBNET, List.of(relay), hostName()));
    out.println(
        "quicmesh: this host had joined nothing: made network "
            + NAME
            + " and a relay on UDP "
            + EmbeddedRelay.PORT);
  }

  static void printInvitation(Membership membership, PrintWriter out) throws MembershipException {
    InviteToken token = membership.invite(new Registrar.Wish("host-2", null, INVITATION));
    out.println("quicmesh: on the second host run this line (it holds for 24 hours, once):");
    out.println("  quicmesh join " + token.text() + " && quicmesh up");
    out.flush();
  }

  /** This host's name, as far as a member may have it. */
  static String hostName() throws IOException {
    String name =
        InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT).replaceAll("\\..*", "");
    return MemberName.isValid(name) ? name : "host-1";
  }

  /**
   * An address at which other hosts may find this one: the first that is not loopback, or local.
   */
  private static String underlayHost() throws IOException {
    List<InetAddress> found = new ArrayList<>();
    for (NetworkInterface link : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      if (link.isUp() && !link.isLoopback()) {
        link.inetAddresses().filter(address -> !address.isLinkLocalAddress()).forEach(found::add);
      }
    }
    return underlayHost(found);
  }

  /** IPv4 before IPv6, because more hosts reach it; without the scope that Java adds. */
  static String underlayHost(List<InetAddress> addresses) {
    return addresses.stream()
        .min(Comparator.comparing(address -> !(address instanceof Inet4Address)))
        .map(IpPrefix::text)
        .orElse("127.0.0.1");
  }
}
