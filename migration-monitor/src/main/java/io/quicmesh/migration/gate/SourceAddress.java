package io.quicmesh.migration.gate;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * An underlay address and port, without objects inside; IPv4 is written as an IPv4-mapped IPv6
 * address (RFC 4291 section 2.5.5.2).
 *
 * @param high the first 8 bytes of the address
 * @param low the last 8 bytes of the address
 * @param port in host order
 */
public record SourceAddress(long high, long low, int port) {

  private static final int IPV4_BYTES = 4;
  private static final int IPV6_BYTES = 16;
  private static final long MAPPED = 0xffffL;

  /** Of an address of 4 or 16 bytes in network order. */
  public static SourceAddress of(byte[] address, int port) {
    if (address.length == IPV4_BYTES) {
      return new SourceAddress(0, (MAPPED << 32) | read(address, 0, IPV4_BYTES), port);
    }
    if (address.length != IPV6_BYTES) {
      throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + address.length);
    }
    return new SourceAddress(
        read(address, 0, Long.BYTES), read(address, Long.BYTES, Long.BYTES), port);
  }

  private static long read(byte[] bytes, int offset, int length) {
    long value = 0;
    for (int i = 0; i < length; i++) {
      value = (value << Byte.SIZE) | (bytes[offset + i] & 0xff);
    }
    return value;
  }

  /** As an address to send to. */
  public InetSocketAddress address() {
    ByteBuffer bytes = ByteBuffer.allocate(IPV6_BYTES).putLong(high).putLong(low);
    int from = isIpv4() ? IPV6_BYTES - IPV4_BYTES : 0;
    try {
      byte[] plain = Arrays.copyOfRange(bytes.array(), from, IPV6_BYTES);
      return new InetSocketAddress(InetAddress.getByAddress(plain), port);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four or sixteen bytes are an address", e);
    }
  }

  boolean isIpv4() {
    return high == 0 && low >>> 32 == MAPPED;
  }

  /** What stands for the network that it comes from: /24 of IPv4, /64 of IPv6. */
  long prefix() {
    return isIpv4() ? low >>> Byte.SIZE : high;
  }
}
