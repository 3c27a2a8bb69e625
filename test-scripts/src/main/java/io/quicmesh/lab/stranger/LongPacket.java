package io.quicmesh.lab.stranger;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A packet with a long header (RFC 9000, section 17.2), cut out of the datagram that it came in.
 * The arrays are not copied.
 *
 * @param token of an Initial packet; empty without one
 * @param bytes the whole packet
 */
@SuppressWarnings("ArrayRecordComponent")
record LongPacket(Type type, byte[] destinationId, byte[] sourceId, byte[] token, byte[] bytes) {

  private static final int LONG_HEADER_BIT = 0x80;
  private static final int TYPE_SHIFT = 4;
  private static final int VARINT_LENGTH_SHIFT = 6;

  /** In the order of their numbers. */
  enum Type {
    INITIAL,
    ZERO_RTT,
    HANDSHAKE,
    RETRY
  }

  static boolean isLong(byte[] datagram) {
    return datagram.length > 0 && (datagram[0] & LONG_HEADER_BIT) != 0;
  }

  /** The packets with long headers that a datagram begins with (RFC 9000, section 12.2). */
  static List<LongPacket> of(byte[] datagram) {
    List<LongPacket> packets = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(datagram);
    try {
      while (in.hasRemaining() && (in.get(in.position()) & LONG_HEADER_BIT) != 0) {
        packets.add(read(in));
      }
    } catch (BufferUnderflowException garbled) {
      return packets;
    }
    return packets;
  }

  private static LongPacket read(ByteBuffer in) {
    int begin = in.position();
    Type type = Type.values()[(in.get() >> TYPE_SHIFT) & 3];
    in.getInt();
    byte[] destinationId = bytes(in, in.get() & 0xff);
    byte[] sourceId = bytes(in, in.get() & 0xff);
    byte[] token = {};
    if (type == Type.RETRY) {
      token = bytes(in, in.remaining());
    } else {
      token = type == Type.INITIAL ? bytes(in, varint(in)) : token;
      bytes(in, varint(in));
    }
    byte[] all = new byte[in.position() - begin];
    in.get(begin, all);
    return new LongPacket(type, destinationId, sourceId, token, all);
  }

  private static byte[] bytes(ByteBuffer in, int length) {
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  /** A length; one that no datagram has becomes negative. */
  private static int varint(ByteBuffer in) {
    int first = in.get();
    long value = first & 0x3f;
    for (int more = (1 << ((first & 0xff) >> VARINT_LENGTH_SHIFT)) - 1; more > 0; more--) {
      value = (value << Byte.SIZE) | (in.get() & 0xff);
    }
    return value > Short.MAX_VALUE ? -1 : (int) value;
  }
}
