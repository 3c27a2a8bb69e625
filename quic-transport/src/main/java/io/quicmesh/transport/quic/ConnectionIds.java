package io.quicmesh.transport.quic;

import io.netty.handler.codec.quic.QuicConnectionAddress;
import io.netty.handler.codec.quic.QuicConnectionIdGenerator;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Chooses our connection ids (RFC 9000, section 5.1): random, of one length, never beginning like
 * an {@link OwnPacket}. They must not be a function of their input: quiche would be offered the
 * same id again with every received packet.
 */
final class ConnectionIds implements QuicConnectionIdGenerator {

  /** Length of every id of ours; the demultiplexer relies on it. */
  static final int BYTES = 20;

  private static final String TEXT_BEGIN = "connId=";

  private final SecureRandom random = new SecureRandom();

  /** A new id. */
  byte[] next() {
    byte[] id = new byte[BYTES];
    do {
      random.nextBytes(id);
    } while (ByteBuffer.wrap(id).getLong() == OwnPacket.MARK);
    return id;
  }

  @Override
  public ByteBuffer newId(int length) {
    if (length != BYTES) {
      throw new IllegalArgumentException("connection ids have 20 bytes, not " + length);
    }
    return ByteBuffer.wrap(next());
  }

  @Override
  public ByteBuffer newId(ByteBuffer input, int length) {
    return newId(length);
  }

  @Override
  public int maxConnectionIdLength() {
    return BYTES;
  }

  @Override
  public boolean isIdempotent() {
    return false;
  }

  /** The id in hex; the codec shows it in the text form of the address only. */
  static String hex(QuicConnectionAddress address) {
    String text = address.toString();
    int begin = text.indexOf(TEXT_BEGIN) + TEXT_BEGIN.length();
    int end = text.indexOf('}', begin);
    if (begin < TEXT_BEGIN.length() || end < 0) {
      throw new IllegalStateException("no connection id in " + text);
    }
    return text.substring(begin, end);
  }

  /** The bytes of an id. */
  static byte[] bytes(QuicConnectionAddress address) {
    return HexFormat.of().parseHex(hex(address));
  }
}
