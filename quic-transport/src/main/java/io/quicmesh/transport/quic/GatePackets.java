package io.quicmesh.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quicmesh.migration.gate.GateAnswer;

/**
 * The gate's datagrams, which are {@link OwnPacket}s. The connection is named by the first eight
 * bytes of the id that its server chose in the handshake.
 *
 * <pre>
 *   challenge: own packet of type 1 | connection u64 | time slot u32 | cookie 12 bytes
 *   answer:    own packet of type 2 | connection u64 | time slot u32 | cookie 12 bytes | proof 16
 * </pre>
 */
final class GatePackets {

  static final int CHALLENGE = 1;
  static final int ANSWER = 2;
  static final int COOKIE_BYTES = 12;
  static final int PROOF_BYTES = 16;

  /** Smaller than any packet of QUIC with ids of our length. */
  static final int CHALLENGE_BYTES =
      OwnPacket.HEADER_BYTES + Long.BYTES + Integer.BYTES + COOKIE_BYTES;

  static final int ANSWER_BYTES = CHALLENGE_BYTES + PROOF_BYTES;

  private GatePackets() {}

  static ByteBuf challenge(long connection, long timeSlot, byte[] cookie) {
    ByteBuf out = Unpooled.directBuffer(CHALLENGE_BYTES);
    OwnPacket.writeHeader(CHALLENGE, out);
    return out.writeLong(connection).writeInt((int) timeSlot).writeBytes(cookie);
  }

  static ByteBuf answer(long connection, GateAnswer answer) {
    ByteBuf out = Unpooled.directBuffer(ANSWER_BYTES);
    OwnPacket.writeHeader(ANSWER, out);
    return out.writeLong(connection)
        .writeInt((int) answer.timeSlot())
        .writeBytes(answer.cookie())
        .writeBytes(answer.proof());
  }

  static boolean isChallenge(ByteBuf packet) {
    return OwnPacket.type(packet) == CHALLENGE && packet.readableBytes() == CHALLENGE_BYTES;
  }

  static boolean isAnswer(ByteBuf packet) {
    return OwnPacket.type(packet) == ANSWER && packet.readableBytes() == ANSWER_BYTES;
  }

  static long connection(ByteBuf packet) {
    return packet.getLong(packet.readerIndex() + OwnPacket.HEADER_BYTES);
  }

  /** The low bits of the time slot. */
  static int timeSlot(ByteBuf packet) {
    return packet.getInt(packet.readerIndex() + OwnPacket.HEADER_BYTES + Long.BYTES);
  }

  static byte[] cookie(ByteBuf packet) {
    return bytes(packet, CHALLENGE_BYTES - COOKIE_BYTES, COOKIE_BYTES);
  }

  static byte[] proof(ByteBuf packet) {
    return bytes(packet, CHALLENGE_BYTES, PROOF_BYTES);
  }

  private static byte[] bytes(ByteBuf packet, int offset, int length) {
    byte[] bytes = new byte[length];
    packet.getBytes(packet.readerIndex() + offset, bytes);
    return bytes;
  }
}
