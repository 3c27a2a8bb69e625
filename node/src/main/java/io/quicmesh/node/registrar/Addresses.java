package io.quicmesh.node.registrar;

import io.quicmesh.transport.wire.OverlayAddress;
import java.net.InetAddress;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Which overlay addresses of a network are free. */
final class Addresses {

  private final OverlayAddress subnet;
  private final Set<InetAddress> taken = new HashSet<>();

  Addresses(RegistrarState state, Instant now) {
    this.subnet = state.subnet();
    state.members().forEach(member -> taken.add(member.address().address()));
    state.invitations().stream()
        .filter(invitation -> invitation.isOpen(now))
        .forEach(invitation -> taken.add(invitation.address().address()));
  }

  boolean isTaken(OverlayAddress address) {
    return taken.contains(address.address());
  }

  /** Whether a host of the subnet may have it: neither its first nor its last address. */
  boolean isInside(OverlayAddress address) {
    return address.prefixLength() == subnet.prefixLength()
        && subnet.contains(address.address())
        && !address.address().equals(subnet.address())
        && !address.equals(last());
  }

  /** The lowest free address. */
  Optional<OverlayAddress> lowest() {
    for (long number = 1; number <= subnet.hostsMax(); number++) {
      OverlayAddress address = subnet.host(number);
      if (!isTaken(address)) {
        return Optional.of(address);
      }
    }
    return Optional.empty();
  }

  private OverlayAddress last() {
    int hostBits = subnet.address().getAddress().length * Byte.SIZE - subnet.prefixLength();
    return hostBits > 31 ? subnet : subnet.host((1L << hostBits) - 1);
  }
}
