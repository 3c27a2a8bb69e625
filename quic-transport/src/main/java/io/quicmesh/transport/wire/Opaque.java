package io.quicmesh.transport.wire;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Immutable bytes with a meaning elsewhere: a key, a signed document. Compared by value; the text
 * form shows the length only, so that no log line gives a secret away.
 */
public final class Opaque {

  private final byte[] bytes;

  private Opaque(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Wraps a copy of these bytes. */
  public static Opaque of(byte[] bytes) {
    return new Opaque(bytes.clone());
  }

  /** A copy of the bytes. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  /** How many bytes. */
  public int length() {
    return bytes.length;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Opaque that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "[" + bytes.length + " bytes]";
  }
}
