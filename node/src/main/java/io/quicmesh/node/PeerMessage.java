package io.quicmesh.node;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.quicmesh.migration.CarrierKind;
import io.quicmesh.transport.wire.Opaque;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A message between two nodes on the control lane of their session: {@code type u8 | body}. Unknown
 * types are ignored.
 */
sealed interface PeerMessage {

  /**
   * An operator wants the session to stay on a kind of carrier: {@code 1 | kind u8 | millis u32 |
   * relay's name}.
   *
   * @param relay the relay's name, or null for any
   */
  record Hold(CarrierKind kind, @Nullable String relay, long millis) implements PeerMessage {}

  /** A probe that is to be answered: {@code 2 | number u64}. */
  record Probe(long number) implements PeerMessage {}

  /** The answer to a probe: {@code 3 | number u64}. */
  record ProbeEcho(long number) implements PeerMessage {}

  /** The sender's membership record, which was renewed: {@code 4 | record}. */
  record Renewed(Opaque membershipRecord) implements PeerMessage {}

  /** The network's newest list of revoked keys: {@code 5 | signed list}. */
  record Revocations(Opaque signedList) implements PeerMessage {}

  default void write(ByteBuf out) {
    if (this instanceof Hold hold) {
      out.writeByte(1).writeByte(hold.kind == CarrierKind.DIRECT ? 1 : 2);
      out.writeInt((int) Math.min(hold.millis, Integer.MAX_VALUE));
      if (hold.relay != null) {
        out.writeCharSequence(hold.relay, StandardCharsets.UTF_8);
      }
    } else if (this instanceof Probe probe) {
      out.writeByte(2).writeLong(probe.number);
    } else if (this instanceof ProbeEcho echo) {
      out.writeByte(3).writeLong(echo.number);
    } else if (this instanceof Renewed renewed) {
      out.writeByte(4).writeBytes(renewed.membershipRecord.toBytes());
    } else if (this instanceof Revocations revocations) {
      out.writeByte(5).writeBytes(revocations.signedList.toBytes());
    }
  }

  /** Reads a message; null if it is unknown or cut short. */
  static @Nullable PeerMessage read(ByteBuf in) {
    if (in.readableBytes() < 6) {
      return null;
    }
    switch (in.readUnsignedByte()) {
      case 1 -> {
        CarrierKind kind = in.readUnsignedByte() == 1 ? CarrierKind.DIRECT : CarrierKind.RELAY;
        long millis = in.readUnsignedInt();
        String relay = in.readCharSequence(in.readableBytes(), StandardCharsets.UTF_8).toString();
        return new Hold(kind, relay.isEmpty() ? null : relay, millis);
      }
      case 2 -> {
        return in.readableBytes() < Long.BYTES ? null : new Probe(in.readLong());
      }
      case 3 -> {
        return in.readableBytes() < Long.BYTES ? null : new ProbeEcho(in.readLong());
      }
      case 4 -> {
        return new Renewed(Opaque.of(ByteBufUtil.getBytes(in)));
      }
      case 5 -> {
        return new Revocations(Opaque.of(ByteBufUtil.getBytes(in)));
      }
      default -> {
        return null;
      }
    }
  }
}
