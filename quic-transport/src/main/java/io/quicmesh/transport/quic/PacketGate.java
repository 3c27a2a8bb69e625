package io.quicmesh.transport.quic;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;

/**
 * The check below the QUIC codecs: it sees every datagram first, on the event loop, and decides
 * whether the codecs see it at all.
 */
public interface PacketGate {

  /**
   * Judges a QUIC packet; the buffer's indices and bytes must be left as they are.
   *
   * @param packet borrowed: retain it to keep it beyond the call
   * @return whether the codecs get it now; one that is kept instead may follow by {@link
   *     UdpPort#inject}
   */
  boolean admits(InetSocketAddress source, ByteBuf packet);

  /**
   * Takes a packet of ours that is not QUIC: fixed bit set, long-header bit clear, marked as {@link
   * OwnPacket} says.
   *
   * @param packet borrowed
   */
  void ownPacket(InetSocketAddress source, ByteBuf packet);

  /** Admits every QUIC packet and ignores own packets. */
  PacketGate OPEN =
      new PacketGate() {
        @Override
        public boolean admits(InetSocketAddress source, ByteBuf packet) {
          return true;
        }

        @Override
        public void ownPacket(InetSocketAddress source, ByteBuf packet) {}
      };
}
