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

  /** Hears of an id that the codec wants beside one that a connection has. */
  interface Listener {
    void made(byte[] known, byte[] id);
  }

  private final SecureRandom random = new SecureRandom();
  private Listener listener = (known, id) -> {};

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
    checkLength(length);
    return ByteBuffer.wrap(next());
  }

  private static void checkLength(int length) {
    if (length != BYTES) {
      throw new IllegalArgumentException("connection ids have 20 bytes, not " + length);
    }
  }

  void setListener(Listener next) {
    listener = next;
  }

  /**
   * The codec wants an id.
   *
   * @param input an id of the connection for further ones; for the first, what the client chose
   */
  @Override
  public ByteBuffer newId(ByteBuffer input, int length) {
    checkLength(length);
    byte[] made = next();
    byte[] known = new byte[input.remaining()];
    input.duplicate().get(known);
    listener.made(known, made);
    return ByteBuffer.wrap(made);
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
