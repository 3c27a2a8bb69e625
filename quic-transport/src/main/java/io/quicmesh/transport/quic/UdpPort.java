package io.quicmesh.transport.quic;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;

/**
 * The one UDP socket of an endpoint, which both QUIC roles and our own packets share. Owned by the
 * event loop.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class UdpPort {

  UdpPort() {}

  /** Address and port that it is bound to. */
  public InetSocketAddress localAddress() {
    throw new UnsupportedOperationException();
  }

  /** Replaces the gate that every datagram passes first. */
  public void setGate(PacketGate gate) {
    throw new UnsupportedOperationException();
  }

  /**
   * Sends a datagram of ours at once.
   *
   * @param packet released by the port; begins as {@link OwnPacket} says
   */
  public void send(ByteBuf packet, InetSocketAddress destination) {
    throw new UnsupportedOperationException();
  }

  /**
   * Hands a QUIC packet that the gate kept to the codecs.
   *
   * @param packet released by the port
   */
  public void inject(ByteBuf packet, InetSocketAddress source) {
    throw new UnsupportedOperationException();
  }
}
