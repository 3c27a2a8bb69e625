package io.quicmesh.transport.carrier;

import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** The text form of underlay addresses, in log lines and for those who watch. */
public final class Addresses {

  private Addresses() {}

  /**
   * {@code 192.0.2.1:4433} or {@code [2001:db8::1]:4433} (RFC 5952), without a look-up of names; a
   * scope is shown only if it names an interface.
   */
  public static String text(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    if (ip == null) {
      return address.getHostString() + ":" + address.getPort();
    }
    String host = NetUtil.toAddressString(ip);
    if (!(ip instanceof Inet6Address ip6)) {
      return host + ":" + address.getPort();
    }
    String scope = ip6.getScopeId() == 0 ? "" : "%" + ip6.getScopeId();
    return "[" + host + scope + "]:" + address.getPort();
  }
}
