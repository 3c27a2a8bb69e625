package io.quicmesh.tap.link;

import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * An IP address with the length of its network's prefix, such as {@code 10.66.0.1/24}. The bits
 * behind the prefix are kept.
 *
 * @param address an IPv4 or IPv6 address, without scope
 * @param lengthBits the prefix's length, at most 32 or 128
 */
public record IpPrefix(InetAddress address, int lengthBits) {
  private static final int IPV6_BYTES = 16;
  private static final int NO_SCOPE = -1;

  public IpPrefix {
    int bitsMax = address.getAddress().length * Byte.SIZE;
    if (lengthBits < 0 || lengthBits > bitsMax) {
      throw new IllegalArgumentException(
          "the prefix of " + address.getHostAddress() + " has 0 to " + bitsMax + " bits");
    }
  }

  /** Reads {@code ADDRESS/LENGTH}, or an address alone as a prefix of its full length. */
  public static IpPrefix parse(String text) {
    int slash = text.indexOf('/');
    InetAddress address = parseAddress(slash < 0 ? text : text.substring(0, slash));
    if (slash < 0) {
      return new IpPrefix(address, address.getAddress().length * Byte.SIZE);
    }
    String length = text.substring(slash + 1);
    if (!length.matches("[0-9]{1,3}")) {
      throw new IllegalArgumentException("not an address with a prefix length: " + text);
    }
    return new IpPrefix(address, Integer.parseInt(length));
  }

  /** The address of four or sixteen bytes in the order of the wire. */
  public static InetAddress address(byte[] bytes) {
    try {
      return bytes.length == IPV6_BYTES
          ? Inet6Address.getByAddress(null, bytes, NO_SCOPE)
          : InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("an IP address has 4 or 16 bytes", e);
    }
  }

  /** Whether the address is IPv6. */
  public boolean isIpv6() {
    return address.getAddress().length == IPV6_BYTES;
  }

  @Override
  public String toString() {
    return text(address) + '/' + lengthBits;
  }

  /** An address as people write it: IPv6 with its longest run of zeros left out (RFC 5952). */
  public static String text(InetAddress address) {
    return NetUtil.toAddressString(address);
  }

  /** Only literals: a name would be looked up. */
  private static InetAddress parseAddress(String text) {
    boolean ipv4 = text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    boolean ipv6 = text.matches("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    if (!ipv4 && !ipv6) {
      throw new IllegalArgumentException("not an IP address: " + text);
    }
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("not an IP address: " + text, e);
    }
  }
}
