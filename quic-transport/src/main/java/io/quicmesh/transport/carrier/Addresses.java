package io.quicmesh.transport.carrier;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** The text form of underlay addresses, in log lines and for those who watch. */
public final class Addresses {

  private static final String NO_SCOPE = "%0";

  private Addresses() {}

  /**
   * {@code 192.0.2.1:4433} or {@code [2001:db8:0:0:0:0:0:1]:4433}, without a look-up of names; a
   * scope is shown only if it names an interface.
   */
  public static String text(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    if (ip == null) {
      return address.getHostString() + ":" + address.getPort();
    }
    String host = withoutEmptyScope(ip.getHostAddress());
    return ip instanceof Inet6Address
        ? "[" + host + "]:" + address.getPort()
        : host + ":" + address.getPort();
  }

  /** Sockets give their addresses a scope also when it says nothing. */
  private static String withoutEmptyScope(String host) {
    return host.endsWith(NO_SCOPE) ? host.substring(0, host.length() - NO_SCOPE.length()) : host;
  }
}
