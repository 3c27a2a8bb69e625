package io.quicmesh.transport.wire;

import io.netty.buffer.ByteBuf;
import io.netty.util.NetUtil;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * An IP address inside the segment with the length of its subnet's prefix, such as {@code
 * 10.66.0.5/24}; also a subnet itself, with the bits behind the prefix zero. Immutable.
 *
 * @param address IPv4 or IPv6, without a scope
 * @param prefixLength bits that name the subnet
 */
public record OverlayAddress(InetAddress address, int prefixLength) {

  /**
   * Checks the length.
   *
   * @throws IllegalArgumentException if the prefix is longer than the address
   */
  public OverlayAddress {
    if (prefixLength < 0 || prefixLength > address.getAddress().length * Byte.SIZE) {
      throw new IllegalArgumentException("a prefix of " + prefixLength + " bits");
    }
  }

  /**
   * Parses {@code ADDRESS/LENGTH}; never asks the name service.
   *
   * @throws IllegalArgumentException if it is anything else; the message says what was expected
   */
  public static OverlayAddress parse(String text) {
    int slash = text.indexOf('/');
    byte[] bytes =
        slash < 0 ? null : NetUtil.createByteArrayFromIpAddressString(text.substring(0, slash));
    String length = text.substring(slash + 1);
    if (bytes == null
        || text.indexOf('%') >= 0
        || !length.matches("[0-9]{1,3}")
        || Integer.parseInt(length) > bytes.length * Byte.SIZE) {
      throw new IllegalArgumentException(
          "'" + text + "' is not an address with a prefix length, such as 10.66.0.5/24");
    }
    return new OverlayAddress(toAddress(bytes), Integer.parseInt(length));
  }

  /** The subnet that the address is in. */
  public OverlayAddress subnet() {
    byte[] bytes = address.getAddress();
    for (int bit = prefixLength; bit < bytes.length * Byte.SIZE; bit++) {
      bytes[bit / Byte.SIZE] &= (byte) ~(0x80 >> bit % Byte.SIZE);
    }
    return new OverlayAddress(toAddress(bytes), prefixLength);
  }

  /** Whether this subnet has that address in it. */
  public boolean contains(InetAddress other) {
    return other.getAddress().length == address.getAddress().length
        && new OverlayAddress(other, prefixLength).subnet().equals(subnet());
  }

  /** The address of this subnet at a distance from its first one, with the same prefix length. */
  public OverlayAddress host(long number) {
    byte[] first = subnet().address.getAddress();
    byte[] sum = new BigInteger(1, first).add(BigInteger.valueOf(number)).toByteArray();
    byte[] bytes = new byte[first.length];
    int length = Math.min(sum.length, bytes.length);
    System.arraycopy(sum, sum.length - length, bytes, bytes.length - length, length);
    return new OverlayAddress(toAddress(bytes), prefixLength);
  }

  /**
   * How many hosts the subnet has room for, at most a million: without its first and last address.
   */
  public long hostsMax() {
    int bits = address.getAddress().length * Byte.SIZE - prefixLength;
    return bits >= 20 ? 1 << 20 : Math.max(0, (1L << bits) - 2);
  }

  /** Appends {@code 4|6 | 4 or 16 bytes | prefix length u8}. */
  public void write(ByteBuf out) {
    byte[] bytes = address.getAddress();
    out.writeByte(bytes.length == 4 ? 4 : 6).writeBytes(bytes).writeByte(prefixLength);
  }

  /** Reads what {@link #write} wrote. */
  public static OverlayAddress read(ByteBuf in) throws WireException {
    int family = in.readUnsignedByte();
    if (family != 4 && family != 6) {
      throw new WireException("unknown address family " + family);
    }
    byte[] bytes = new byte[family == 4 ? 4 : 16];
    in.readBytes(bytes);
    int length = in.readUnsignedByte();
    InetAddress address = toAddress(bytes);
    if (length > bytes.length * Byte.SIZE || address.getAddress().length != bytes.length) {
      throw new WireException("an overlay address that is none");
    }
    return new OverlayAddress(address, length);
  }

  private static InetAddress toAddress(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("an address of " + bytes.length + " bytes", e);
    }
  }

  /** As it is parsed: {@code 10.66.0.5/24}. */
  @Override
  public String toString() {
    return NetUtil.toAddressString(address) + "/" + prefixLength;
  }
}
