package io.quicmesh.transport.wire;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * A message on the control stream of a connection: between node and relay, and between two nodes
 * that are connected directly. {@link ControlCodec} gives the bytes.
 */
public sealed interface ControlMessage {

  /**
   * The first message of a node, and of the server role on a direct connection as well.
   *
   * @param version protocol version of the sender
   * @param bootId random number that changes when the node restarts
   * @param capabilities bits of {@link Capability}
   * @param software name and version, for status only
   */
  record Hello(int version, long bootId, int capabilities, String software)
      implements ControlMessage {}

  /**
   * A relay's answer to {@link Hello}: the node is admitted. Presence messages follow.
   *
   * @param observed the address that the relay sees the node at
   */
  record Welcome(int version, long bootId, String software, InetSocketAddress observed)
      implements ControlMessage {}

  /** From the relay: the address that it sees the receiver at has changed. */
  record Observed(InetSocketAddress address) implements ControlMessage {}

  /**
   * From the relay: a member of the same network is here, has changed its address, or has gone.
   *
   * @param observed addresses that the relay sees the member at; hints only
   */
  record Presence(
      Fingerprint peer, boolean up, long bootId, int capabilities, List<InetSocketAddress> observed)
      implements ControlMessage {
    public Presence {
      observed = List.copyOf(observed);
    }
  }

  /** Either way: this circuit has ended; its streams are closed as well. See {@link CloseCode}. */
  record CircuitClosed(Fingerprint peer, long nonce, int code) implements ControlMessage {}

  /** Asks for a {@link Pong} with the same number. */
  record Ping(long number) implements ControlMessage {}

  /** A {@link Ping}, and arrives as one, with zeros behind it: it needs packets of full size. */
  record LongPing(long number, int zeroBytes) implements ControlMessage {}

  /** Answers a {@link Ping}. */
  record Pong(long number) implements ControlMessage {}

  /** From a relay: it will stop after this time; move elsewhere first. */
  record Drain(int graceMillis) implements ControlMessage {}

  /** The key of the gate's challenges on this connection, 32 bytes, from the server role. */
  record GateKey(Opaque key) implements ControlMessage {}

  /**
   * Asks the peer to end a stream that it opened; nothing of it is wanted any more. In place of
   * STOP_SENDING (RFC 9000, section 19.5).
   *
   * @param stream the stream's QUIC id
   * @param code why; see {@link CloseCode}
   */
  record StopStream(long stream, int code) implements ControlMessage {}

  /** A list of revoked keys, signed by the network's CA; opaque here. */
  record Revocations(Opaque signedList) implements ControlMessage {}

  /**
   * From a member to a relay: its next certificate, for the key of this connection, which may go on
   * until that expires. Opaque here.
   */
  record Renewed(Opaque chain) implements ControlMessage {}

  /** From a node to a relay: its CA's word that it is the registrar; opaque here. */
  record RegistrarProof(Opaque claim) implements ControlMessage {}
}
