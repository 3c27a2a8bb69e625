package io.quicmesh.transport.identity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Cuts the bytes of a channel into its messages: {@code length u32 | bytes}. */
final class MessageReader {

  private byte[] pending = new byte[0];

  /** Takes the next bytes. */
  void offer(byte[] bytes) {
    int before = pending.length;
    pending = Arrays.copyOf(pending, before + bytes.length);
    System.arraycopy(bytes, 0, pending, before, bytes.length);
  }

  /**
   * The next whole message, or null.
   *
   * @throws IOException if its length is beyond {@link SecureChannel#MESSAGE_BYTES_MAX}
   */
  byte @Nullable [] poll() throws IOException {
    if (pending.length < Integer.BYTES) {
      return null;
    }
    int length = ByteBuffer.wrap(pending).getInt();
    if (length < 0 || length > SecureChannel.MESSAGE_BYTES_MAX) {
      throw new IOException("a message of " + Integer.toUnsignedLong(length) + " bytes");
    }
    int end = Integer.BYTES + length;
    if (pending.length < end) {
      return null;
    }
    byte[] message = Arrays.copyOfRange(pending, Integer.BYTES, end);
    pending = Arrays.copyOfRange(pending, end, pending.length);
    return message;
  }
}
