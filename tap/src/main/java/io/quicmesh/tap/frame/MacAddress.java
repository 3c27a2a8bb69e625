package io.quicmesh.tap.frame;

/**
 * A 48-bit Ethernet address, held in the low bits of a long with its first byte on the wire as the
 * most significant. On the frame's way addresses stay plain longs; this type is for everything that
 * is shown, configured or kept.
 *
 * @param bits the address, 0 to 2^48 - 1
 */
public record MacAddress(long bits) implements Comparable<MacAddress> {
  /** The address of every host on the segment. */
  public static final long BROADCAST = 0xffff_ffff_ffffL;

  private static final int BYTES = 6;
  private static final int TEXT_CHARS = 17;
  private static final long GROUP_BIT = 1L << 40;
  private static final long LOCAL_BIT = 1L << 41;

  public MacAddress {
    if ((bits & ~BROADCAST) != 0) {
      throw new IllegalArgumentException("a MAC address has 48 bits: 0x" + Long.toHexString(bits));
    }
  }

  /** Whether the address names a group (multicast or broadcast), so never a sender. */
  public static boolean isGroup(long bits) {
    return (bits & GROUP_BIT) != 0;
  }

  /** Whether the address is {@code ff:ff:ff:ff:ff:ff}. */
  public static boolean isBroadcast(long bits) {
    return bits == BROADCAST;
  }

  /** Reads {@code 02:1b:...}: six pairs of hexadecimal digits with colons or hyphens between. */
  public static MacAddress parse(String text) {
    if (text.length() != TEXT_CHARS) {
      throw notAnAddress(text);
    }
    long bits = 0;
    for (int i = 0; i < TEXT_CHARS; i += 3) {
      int high = Character.digit(text.charAt(i), 16);
      int low = Character.digit(text.charAt(i + 1), 16);
      boolean separated =
          i + 2 == TEXT_CHARS || text.charAt(i + 2) == ':' || text.charAt(i + 2) == '-';
      if (high < 0 || low < 0 || !separated) {
        throw notAnAddress(text);
      }
      bits = (bits << 8) | (high << 4) | low;
    }
    return new MacAddress(bits);
  }

  /** The unicast address, marked as locally administered, that keeps 46 of the given bits. */
  public static MacAddress locallyAdministered(long random) {
    return new MacAddress((random & BROADCAST & ~GROUP_BIT) | LOCAL_BIT);
  }

  /** The six bytes in the order of the wire. */
  public byte[] toBytes() {
    byte[] bytes = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      bytes[i] = (byte) (bits >> (8 * (BYTES - 1 - i)));
    }
    return bytes;
  }

  @Override
  public int compareTo(MacAddress other) {
    return Long.compare(bits, other.bits);
  }

  /** Six pairs of lower-case hexadecimal digits with colons between. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(TEXT_CHARS);
    for (int shift = 40; shift >= 0; shift -= 8) {
      int octet = (int) (bits >> shift) & 0xff;
      text.append(Character.forDigit(octet >> 4, 16)).append(Character.forDigit(octet & 0xf, 16));
      if (shift > 0) {
        text.append(':');
      }
    }
    return text.toString();
  }

  private static IllegalArgumentException notAnAddress(String text) {
    return new IllegalArgumentException("not a MAC address like 02:1b:44:11:3a:b7: " + text);
  }
}
