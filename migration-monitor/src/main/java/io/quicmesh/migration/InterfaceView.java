package io.quicmesh.migration;

import java.net.InetAddress;
import java.util.Set;

/**
 * One interface of the host at one moment.
 *
 * @param up whether an operator wants it to work
 * @param carrier whether it could (IFF_LOWER_UP)
 * @param addresses those that may be used, without link-local ones
 */
public record InterfaceView(
    String name, InterfaceKind kind, boolean up, boolean carrier, Set<InetAddress> addresses) {

  public InterfaceView {
    addresses = Set.copyOf(addresses);
  }

  /** Whether packets can leave through it now. */
  public boolean isUsable() {
    return up && carrier && !addresses.isEmpty();
  }
}
