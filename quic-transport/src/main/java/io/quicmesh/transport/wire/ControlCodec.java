package io.quicmesh.transport.wire;

import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of {@link ControlMessage}s: {@code length u16 | type u8 | payload}, all numbers big-endian.
 * The length counts type and payload. Payloads may grow at their end: what is left over is ignored.
 * Unknown types are skipped.
 */
public final class ControlCodec {

  /** The longest message with its length field, in bytes. */
  public static final int MESSAGE_BYTES_MAX = 2 + 0xffff;

  private static final int SOFTWARE_BYTES_MAX = 255;
  private static final int ADDRESSES_MAX = 16;
  private static final int GATE_KEY_BYTES = 32;

  private ControlCodec() {}

  /** Appends one message. */
  public static void write(ControlMessage message, ByteBuf out) {
    int start = out.writerIndex();
    out.writeShort(0);
    writeBody(message, out);
    int length = out.writerIndex() - start - 2;
    if (length > 0xffff) {
      throw new IllegalArgumentException("control message of " + length + " bytes");
    }
    out.setShort(start, length);
  }

  private static void writeBody(ControlMessage message, ByteBuf out) {
    if (message instanceof ControlMessage.Hello hello) {
      out.writeByte(1).writeShort(hello.version()).writeLong(hello.bootId());
      out.writeInt(hello.capabilities());
      writeText(hello.software(), out);
    } else if (message instanceof ControlMessage.Welcome welcome) {
      out.writeByte(2).writeShort(welcome.version()).writeLong(welcome.bootId());
      writeText(welcome.software(), out);
      writeAddress(welcome.observed(), out);
    } else if (message instanceof ControlMessage.Observed observed) {
      writeAddress(observed.address(), out.writeByte(3));
    } else if (message instanceof ControlMessage.Presence presence) {
      out.writeByte(4);
      presence.peer().write(out);
      out.writeBoolean(presence.up()).writeLong(presence.bootId());
      out.writeInt(presence.capabilities());
      int count = Math.min(presence.observed().size(), ADDRESSES_MAX);
      out.writeByte(count);
      presence.observed().subList(0, count).forEach(address -> writeAddress(address, out));
    } else if (message instanceof ControlMessage.CircuitClosed closed) {
      out.writeByte(5);
      closed.peer().write(out);
      out.writeLong(closed.nonce()).writeShort(closed.code());
    } else if (message instanceof ControlMessage.Ping ping) {
      out.writeByte(6).writeLong(ping.number());
    } else if (message instanceof ControlMessage.LongPing ping) {
      out.writeByte(6).writeLong(ping.number()).writeZero(ping.zeroBytes());
    } else if (message instanceof ControlMessage.Pong pong) {
      out.writeByte(7).writeLong(pong.number());
    } else if (message instanceof ControlMessage.Drain drain) {
      out.writeByte(8).writeInt(drain.graceMillis());
    } else if (message instanceof ControlMessage.GateKey gateKey) {
      out.writeByte(9).writeBytes(gateKey.key().toBytes());
    } else if (message instanceof ControlMessage.Revocations revocations) {
      out.writeByte(10).writeBytes(revocations.signedList().toBytes());
    } else if (message instanceof ControlMessage.StopStream stop) {
      out.writeByte(11).writeLong(stop.stream()).writeShort(stop.code());
    } else if (message instanceof ControlMessage.Renewed renewed) {
      out.writeByte(12).writeBytes(renewed.chain().toBytes());
    } else if (message instanceof ControlMessage.RegistrarProof proof) {
      out.writeByte(13).writeBytes(proof.claim().toBytes());
    }
  }

  /**
   * Reads the next message and moves the reader index behind it.
   *
   * @return null if it is not there as a whole yet
   * @throws WireException if the peer broke the format; the connection should be closed
   */
  public static @Nullable ControlMessage read(ByteBuf in) throws WireException {
    while (in.readableBytes() >= 2) {
      int length = in.getUnsignedShort(in.readerIndex());
      if (in.readableBytes() < 2 + length) {
        return null;
      }
      ByteBuf body = in.skipBytes(2).readSlice(length);
      ControlMessage message = readBody(body);
      if (message != null) {
        return message;
      }
    }
    return null;
  }

  private static @Nullable ControlMessage readBody(ByteBuf in) throws WireException {
    try {
      return switch (in.readUnsignedByte()) {
        case 1 ->
            new ControlMessage.Hello(
                in.readUnsignedShort(), in.readLong(), in.readInt(), readText(in));
        case 2 ->
            new ControlMessage.Welcome(
                in.readUnsignedShort(), in.readLong(), readText(in), readAddress(in));
        case 3 -> new ControlMessage.Observed(readAddress(in));
        case 4 ->
            new ControlMessage.Presence(
                Fingerprint.read(in),
                in.readBoolean(),
                in.readLong(),
                in.readInt(),
                readAddresses(in));
        case 5 ->
            new ControlMessage.CircuitClosed(
                Fingerprint.read(in), in.readLong(), in.readUnsignedShort());
        case 6 -> new ControlMessage.Ping(in.readLong());
        case 7 -> new ControlMessage.Pong(in.readLong());
        case 8 -> new ControlMessage.Drain(in.readInt());
        case 9 -> new ControlMessage.GateKey(Opaque.of(readBytes(in, GATE_KEY_BYTES)));
        case 10 -> new ControlMessage.Revocations(Opaque.of(readBytes(in, in.readableBytes())));
        case 11 -> new ControlMessage.StopStream(in.readLong(), in.readUnsignedShort());
        case 12 -> new ControlMessage.Renewed(Opaque.of(readBytes(in, in.readableBytes())));
        case 13 -> new ControlMessage.RegistrarProof(Opaque.of(readBytes(in, in.readableBytes())));
        default -> null;
      };
    } catch (IndexOutOfBoundsException e) {
      throw new WireException("control message cut short");
    }
  }

  private static void writeText(String text, ByteBuf out) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(bytes.length, SOFTWARE_BYTES_MAX);
    out.writeByte(length).writeBytes(bytes, 0, length);
  }

  private static String readText(ByteBuf in) {
    return in.readCharSequence(in.readUnsignedByte(), StandardCharsets.UTF_8).toString();
  }

  private static byte[] readBytes(ByteBuf in, int length) {
    byte[] bytes = new byte[length];
    in.readBytes(bytes);
    return bytes;
  }

  private static List<InetSocketAddress> readAddresses(ByteBuf in) throws WireException {
    int count = in.readUnsignedByte();
    if (count > ADDRESSES_MAX) {
      throw new WireException("too many addresses");
    }
    List<InetSocketAddress> addresses = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      addresses.add(readAddress(in));
    }
    return addresses;
  }

  /** Appends an underlay address: {@code 4|6 | 4 or 16 bytes | port u16}. */
  public static void writeAddress(InetSocketAddress address, ByteBuf out) {
    byte[] ip = address.getAddress().getAddress();
    out.writeByte(ip.length == 4 ? 4 : 6).writeBytes(ip).writeShort(address.getPort());
  }

  /** Reads an underlay address. */
  public static InetSocketAddress readAddress(ByteBuf in) throws WireException {
    int family = in.readUnsignedByte();
    if (family != 4 && family != 6) {
      throw new WireException("unknown address family " + family);
    }
    byte[] ip = readBytes(in, family == 4 ? 4 : 16);
    try {
      return new InetSocketAddress(InetAddress.getByAddress(ip), in.readUnsignedShort());
    } catch (UnknownHostException e) {
      throw new WireException("address of a wrong length");
    }
  }
}
