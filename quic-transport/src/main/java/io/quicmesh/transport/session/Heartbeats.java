package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Heartbeats of a session on one carrier, end to end: {@code number u64 | proof 8}. The proof keeps
 * a relay from answering in the peer's place. Owned by the event loop.
 */
final class Heartbeats {

  private static final int PROOF_BYTES = 8;

  private final Session session;
  private final CarrierLink link;
  private byte @Nullable [] key;
  private byte @Nullable [] previousKey;
  private long highestSent;

  Heartbeats(Session session, CarrierLink link) {
    this.session = session;
    this.link = link;
  }

  void send(long number) {
    highestSent = number;
    sendProven(RecordType.HEARTBEAT, number);
  }

  /** Sends the last one again. */
  void repeat() {
    sendProven(RecordType.HEARTBEAT, highestSent);
  }

  void handleHeartbeat(ByteBuf payload) {
    Long number = readProven(RecordType.HEARTBEAT, payload);
    if (number != null) {
      sendProven(RecordType.ECHO, number);
    }
  }

  void handleEcho(ByteBuf payload) {
    Long number = readProven(RecordType.ECHO, payload);
    if (number != null && number <= highestSent) {
      session.listener().echoed(link.carrier(), number);
    }
  }

  /** The session has a new secret. What the peer sent just before it knew still counts. */
  void rekey() {
    previousKey = key;
    key = null;
  }

  private void sendProven(int type, long number) {
    if (!session.isEstablished()) {
      return;
    }
    ByteBuf payload = Unpooled.buffer(16).writeLong(number);
    link.sendSetUpRecord(type, payload.writeBytes(proof(key(), type, number, true)));
  }

  private @Nullable Long readProven(int type, ByteBuf payload) {
    if (!session.isEstablished() || payload.readableBytes() != Long.BYTES + PROOF_BYTES) {
      return null;
    }
    long number = payload.readLong();
    byte[] proof = new byte[PROOF_BYTES];
    payload.readBytes(proof);
    byte[] previous = previousKey;
    boolean isProven =
        MessageDigest.isEqual(proof, proof(key(), type, number, false))
            || (previous != null
                && MessageDigest.isEqual(proof, proof(previous, type, number, false)));
    if (!isProven) {
      session.records().countBad();
      return null;
    }
    return number;
  }

  private byte[] key() {
    byte[] current = key;
    if (current == null) {
      current = session.keys().schedule().heartbeatKey();
      key = current;
    }
    return current;
  }

  private byte[] proof(byte[] with, int type, long number, boolean isMine) {
    boolean fromInitiator = session.config().isInitiator() == isMine;
    byte[] data = new byte[10];
    data[0] = (byte) type;
    data[1] = (byte) (fromInitiator ? 1 : 0);
    for (int i = 0; i < Long.BYTES; i++) {
      data[2 + i] = (byte) (number >>> (56 - 8 * i));
    }
    return Arrays.copyOf(KeySchedule.mac(with, data), PROOF_BYTES);
  }
}
