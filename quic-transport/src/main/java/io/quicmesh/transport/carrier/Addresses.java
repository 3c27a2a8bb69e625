package io.quicmesh.transport.carrier;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** The text form of underlay addresses. */
public final class Addresses {

  private Addresses() {}

  /** {@code 192.0.2.1:4433} or {@code [2001:db8::1]:4433}, without a look-up of names. */
  public static String text(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    String host = ip == null ? address.getHostString() : ip.getHostAddress();
    return ip instanceof Inet6Address
        ? "[" + host + "]:" + address.getPort()
        : host + ":" + address.getPort();
  }
}
