package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.WireException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The messages that prove a session on a carrier and attach its lanes to it: RESUME, RESUMED and
 * COMMIT.
 *
 * <pre>
 *   session id 16 | flags u8 | epoch u32 | generation u32 | nonce 32
 *   | count u8 | count x expected u64 | mac 32
 * </pre>
 *
 * <p>The epoch is the attempt's counter, doubled, plus one if the larger node id began it: so
 * attempts are ordered by (counter, node id), and the highest wins. {@code expected} is the next
 * number that the sender of the message awaits on each lane. The MAC covers the message, its type,
 * both node ids in the order sender, receiver, the carrier's kind and relay, and in RESUMED and
 * COMMIT the nonce of the message before it.
 *
 * @param type one of the three record types
 * @param isOldSilent flag 1, in a COMMIT: the old carrier does not answer, so nothing is cut there
 */
record ResumeMessage(
    int type,
    Opaque sessionId,
    boolean isOldSilent,
    int epoch,
    int generation,
    Opaque nonce,
    List<Long> expected) {

  private static final int FIXED_BYTES =
      KeySchedule.SESSION_ID_BYTES + 1 + 4 + 4 + KeySchedule.NONCE_BYTES + 1;
  private static final int OLD_SILENT = 1;

  ResumeMessage {
    expected = List.copyOf(expected);
  }

  /** What ties a message to one carrier of one pair of nodes. */
  record Binding(Fingerprint sender, Fingerprint receiver, Carrier.Kind kind, Opaque relay) {

    static Binding of(Fingerprint sender, Fingerprint receiver, Carrier carrier) {
      Fingerprint relay = carrier.relay();
      byte[] relayBytes = relay == null ? new byte[Fingerprint.BYTES] : relay.toBytes();
      return new Binding(sender, receiver, carrier.kind(), Opaque.of(relayBytes));
    }

    private void write(ByteBuf out) {
      sender.write(out);
      receiver.write(out);
      out.writeByte(kind.code()).writeBytes(relay.toBytes());
    }
  }

  /** The payload with its proof. */
  ByteBuf encode(byte[] key, Binding binding, byte[] previousNonce) {
    ByteBuf out = Unpooled.buffer(FIXED_BYTES + expected.size() * Long.BYTES + 64);
    out.writeBytes(sessionId.toBytes()).writeByte(isOldSilent ? OLD_SILENT : 0);
    out.writeInt(epoch).writeInt(generation).writeBytes(nonce.toBytes());
    out.writeByte(expected.size());
    expected.forEach(out::writeLong);
    byte[] body = Arrays.copyOf(out.array(), out.readableBytes());
    return out.writeBytes(proof(key, type, body, binding, previousNonce));
  }

  /** Reads a payload without checking its proof; leaves the reader index alone. */
  static ResumeMessage read(int type, ByteBuf payload) throws WireException {
    ByteBuf in = payload.slice();
    if (in.readableBytes() < FIXED_BYTES) {
      throw new WireException("resume message cut short");
    }
    Opaque sessionId = readOpaque(in, KeySchedule.SESSION_ID_BYTES);
    int flags = in.readUnsignedByte();
    int epoch = in.readInt();
    int generation = in.readInt();
    Opaque nonce = readOpaque(in, KeySchedule.NONCE_BYTES);
    int lanes = in.readUnsignedByte();
    if (lanes > LaneHeader.LANES_MAX
        || in.readableBytes() != lanes * Long.BYTES + KeySchedule.MAC_BYTES) {
      throw new WireException("resume message of a wrong length");
    }
    List<Long> expected = new ArrayList<>(lanes);
    for (int i = 0; i < lanes; i++) {
      expected.add(in.readLong());
    }
    boolean isOldSilent = (flags & OLD_SILENT) != 0;
    return new ResumeMessage(type, sessionId, isOldSilent, epoch, generation, nonce, expected);
  }

  private static Opaque readOpaque(ByteBuf in, int length) {
    byte[] bytes = new byte[length];
    in.readBytes(bytes);
    return Opaque.of(bytes);
  }

  /** Whether the payload, as it came, was made by who knows the key. */
  static boolean isProven(
      int type, ByteBuf payload, byte[] key, Binding binding, byte[] previousNonce) {
    int bodyBytes = payload.readableBytes() - KeySchedule.MAC_BYTES;
    if (bodyBytes < FIXED_BYTES) {
      return false;
    }
    byte[] body = new byte[bodyBytes];
    payload.getBytes(payload.readerIndex(), body);
    byte[] mac = new byte[KeySchedule.MAC_BYTES];
    payload.getBytes(payload.readerIndex() + bodyBytes, mac);
    return MessageDigest.isEqual(mac, proof(key, type, body, binding, previousNonce));
  }

  private static byte[] proof(
      byte[] key, int type, byte[] body, Binding binding, byte[] previousNonce) {
    ByteBuf data = Unpooled.buffer();
    data.writeByte(type);
    binding.write(data);
    data.writeInt(previousNonce.length).writeBytes(previousNonce).writeBytes(body);
    return KeySchedule.mac(key, Arrays.copyOf(data.array(), data.readableBytes()));
  }
}
