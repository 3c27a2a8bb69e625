package io.quicmesh.transport.wire;

import io.netty.buffer.ByteBuf;

/**
 * The first bytes of every stream of a connection: what it is for. All streams are unidirectional.
 *
 * <pre>
 *   CONTROL  01                                 control messages of this connection follow
 *   LANE     02                                 a direct carrier's stream: a lane header follows
 *   CIRCUIT  03 | peer 32 | nonce 8             a relayed carrier's stream: a lane header follows
 *   JOIN     04 | network or joiner 32 | nonce 8   a joining host's stream to the registrar
 * </pre>
 *
 * <p>Towards a relay {@code peer} names the receiver, from a relay the sender; the relay changes
 * that and copies every byte that follows.
 */
public sealed interface StreamHeader {

  /** Bytes of the longest header. */
  int BYTES_MAX = 1 + Fingerprint.BYTES + Long.BYTES;

  /** Control messages of the connection itself. */
  record Control() implements StreamHeader {}

  /** One stream of a direct carrier. */
  record Lane() implements StreamHeader {}

  /**
   * One stream of a circuit.
   *
   * @param peer the other node: receiver towards the relay, sender from the relay
   * @param nonce tells the circuits of one pair of nodes apart; chosen by the smaller node id
   */
  record Circuit(Fingerprint peer, long nonce) implements StreamHeader {}

  /**
   * One stream between a host that joins and the registrar.
   *
   * @param party towards the relay the network when a joiner opens it, and the joiner when the
   *     registrar answers; from the relay the other of the two
   * @param nonce tells the attempts of one joiner apart
   */
  record Join(Fingerprint party, long nonce) implements StreamHeader {}

  /** Writes this header. */
  default void write(ByteBuf out) {
    if (this instanceof Circuit circuit) {
      out.writeByte(Kind.CIRCUIT);
      circuit.peer.write(out);
      out.writeLong(circuit.nonce);
    } else if (this instanceof Join join) {
      out.writeByte(Kind.JOIN);
      join.party.write(out);
      out.writeLong(join.nonce);
    } else {
      out.writeByte(this instanceof Control ? Kind.CONTROL : Kind.LANE);
    }
  }

  /** Bytes of the whole header that begins with this kind byte. */
  static int length(int kind) throws WireException {
    return switch (kind) {
      case Kind.CONTROL, Kind.LANE -> 1;
      case Kind.CIRCUIT, Kind.JOIN -> BYTES_MAX;
      default -> throw new WireException("unknown stream kind " + kind);
    };
  }

  /** Reads a header of which all bytes are there; see {@link #length}. */
  static StreamHeader read(ByteBuf in) throws WireException {
    int kind = in.readUnsignedByte();
    if (in.readableBytes() < length(kind) - 1) {
      throw new WireException("stream header cut short");
    }
    return switch (kind) {
      case Kind.CONTROL -> new Control();
      case Kind.LANE -> new Lane();
      case Kind.CIRCUIT -> new Circuit(Fingerprint.read(in), in.readLong());
      default -> new Join(Fingerprint.read(in), in.readLong());
    };
  }

  /** The kind bytes. */
  final class Kind {
    static final int CONTROL = 1;
    static final int LANE = 2;
    static final int CIRCUIT = 3;
    static final int JOIN = 4;

    private Kind() {}
  }
}
