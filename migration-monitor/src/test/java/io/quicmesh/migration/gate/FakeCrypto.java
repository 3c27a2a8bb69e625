package io.quicmesh.migration.gate;

import java.nio.ByteBuffer;

/** Stands for the keyed functions: distinct inputs give distinct outputs, and no key is needed. */
final class FakeCrypto implements GateCrypto {

  @Override
  public byte[] cookie(SourceAddress source, GateConnection connection, long timeSlot) {
    return ByteBuffer.allocate(36)
        .putLong(source.high())
        .putLong(source.low())
        .putInt(source.port())
        .putLong(connection.number())
        .putLong(timeSlot)
        .array();
  }

  @Override
  public byte[] proof(GateConnection connection, byte[] cookie) {
    return ByteBuffer.allocate(Long.BYTES + cookie.length)
        .putLong(~connection.number())
        .put(cookie)
        .array();
  }

  /** What the genuine peer answers. */
  GateAnswer answer(GateOutput.Challenge challenge) {
    byte[] proof = proof(challenge.connection(), challenge.cookie());
    return new GateAnswer(challenge.timeSlot(), challenge.cookie(), proof);
  }
}
