package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quicmesh.transport.wire.ControlCodec;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.WireException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * ESTABLISHED: what two nodes tell each other inside the end-to-end handshake.
 *
 * <pre>
 *   version u16 | capabilities u32 | boot id u64 | mtu u16 | heartbeat ms u16 | rotation s u32
 *   | observed: 0 u8, or 1 u8 and an address | count u8 | count x address
 *   | record length u16 | membership record
 * </pre>
 *
 * <p>Addresses are written as in control messages. What follows is ignored, so that later versions
 * can add to it.
 *
 * @param bootId random; changes when the node restarts
 * @param mtuBytes MTU of the node's TAP device
 * @param observed the node's own underlay address as its relay sees it, or null
 * @param candidates further addresses at which the node may be reached directly
 * @param membershipRecord the CA-signed record of name and overlay address
 */
public record Established(
    int version,
    int capabilities,
    long bootId,
    int mtuBytes,
    int heartbeatMillis,
    int rotationSeconds,
    @Nullable InetSocketAddress observed,
    List<InetSocketAddress> candidates,
    Opaque membershipRecord) {

  /** Candidates that are told, and read, at most. */
  public static final int CANDIDATES_MAX = 30;

  public Established {
    candidates = List.copyOf(candidates);
  }

  /** The bytes. */
  public byte[] encode() {
    ByteBuf out = Unpooled.buffer();
    out.writeShort(version).writeInt(capabilities).writeLong(bootId);
    out.writeShort(mtuBytes).writeShort(heartbeatMillis).writeInt(rotationSeconds);
    out.writeBoolean(observed != null);
    if (observed != null) {
      ControlCodec.writeAddress(observed, out);
    }
    int count = Math.min(candidates.size(), CANDIDATES_MAX);
    out.writeByte(count);
    candidates.subList(0, count).forEach(address -> ControlCodec.writeAddress(address, out));
    out.writeShort(membershipRecord.length()).writeBytes(membershipRecord.toBytes());
    return Arrays.copyOf(out.array(), out.readableBytes());
  }

  /** Reads the bytes of {@link #encode}. */
  public static Established decode(byte[] bytes) throws WireException {
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    try {
      int version = in.readUnsignedShort();
      int capabilities = in.readInt();
      long bootId = in.readLong();
      int mtuBytes = in.readUnsignedShort();
      int heartbeatMillis = in.readUnsignedShort();
      int rotationSeconds = in.readInt();
      InetSocketAddress observed = in.readBoolean() ? ControlCodec.readAddress(in) : null;
      int count = in.readUnsignedByte();
      if (count > CANDIDATES_MAX) {
        throw new WireException("too many candidates");
      }
      List<InetSocketAddress> candidates = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        candidates.add(ControlCodec.readAddress(in));
      }
      byte[] membershipRecord = new byte[in.readUnsignedShort()];
      in.readBytes(membershipRecord);
      return new Established(
          version,
          capabilities,
          bootId,
          mtuBytes,
          heartbeatMillis,
          rotationSeconds,
          observed,
          candidates,
          Opaque.of(membershipRecord));
    } catch (IndexOutOfBoundsException e) {
      throw new WireException("greeting cut short");
    }
  }
}
