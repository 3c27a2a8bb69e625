package io.quicmesh.transport.wire;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 of a public key (SubjectPublicKeyInfo, RFC 5280 section 4.1.2.7): a node id, a network
 * id, or what pins a relay. Ordered as unsigned bytes. Immutable.
 */
public final class Fingerprint implements Comparable<Fingerprint> {

  /** Length on the wire, in bytes. */
  public static final int BYTES = 32;

  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int TEXT_LENGTH = (BYTES * 8 + 4) / 5;
  private static final int SHORT_LENGTH = 10;

  private final byte[] bytes;

  private Fingerprint(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * A fingerprint of its 32 bytes (copied).
   *
   * @throws IllegalArgumentException for any other length
   */
  public static Fingerprint of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a fingerprint has 32 bytes, not " + bytes.length);
    }
    return new Fingerprint(bytes.clone());
  }

  /** Reads 32 bytes at the reader index. */
  public static Fingerprint read(ByteBuf in) {
    byte[] bytes = new byte[BYTES];
    in.readBytes(bytes);
    return new Fingerprint(bytes);
  }

  /**
   * Parses the text form: base32 (RFC 4648 section 6) in lower case without padding, 52 characters.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  public static Fingerprint parse(String text) {
    if (text.length() != TEXT_LENGTH) {
      throw new IllegalArgumentException(
          "a fingerprint has " + TEXT_LENGTH + " characters, not " + text.length());
    }
    byte[] bytes = new byte[BYTES];
    int bits = 0;
    int accumulator = 0;
    int next = 0;
    for (int i = 0; i < text.length(); i++) {
      int value = ALPHABET.indexOf(text.charAt(i));
      if (value < 0) {
        throw new IllegalArgumentException(
            "a fingerprint has only a-z and 2-7, not '" + text.charAt(i) + "'");
      }
      accumulator = (accumulator << 5 | value) & 0xfff;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes[next++] = (byte) (accumulator >> bits);
      }
    }
    if ((accumulator & ((1 << bits) - 1)) != 0) {
      throw new IllegalArgumentException("a fingerprint that no 32 bytes have");
    }
    return new Fingerprint(bytes);
  }

  /** Writes the 32 bytes. */
  public void write(ByteBuf out) {
    out.writeBytes(bytes);
  }

  /** A copy of the 32 bytes. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  /** The first 10 characters of the text form, for tables and logs. */
  public String shortText() {
    return toString().substring(0, SHORT_LENGTH);
  }

  @Override
  public int compareTo(Fingerprint other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Fingerprint that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return (bytes[0] & 0xff) << 24
        | (bytes[1] & 0xff) << 16
        | (bytes[2] & 0xff) << 8
        | (bytes[3] & 0xff);
  }

  /** The text form: base32 in lower case, 52 characters. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(TEXT_LENGTH);
    int bits = 0;
    int accumulator = 0;
    for (byte b : bytes) {
      accumulator = (accumulator << 8 | (b & 0xff)) & 0xfff;
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        text.append(ALPHABET.charAt(accumulator >> bits & 31));
      }
    }
    text.append(ALPHABET.charAt(accumulator << (5 - bits) & 31));
    return text.toString();
  }
}
