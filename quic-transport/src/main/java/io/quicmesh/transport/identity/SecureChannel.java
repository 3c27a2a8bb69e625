package io.quicmesh.transport.identity;

import io.netty.buffer.ByteBuf;
import io.quicmesh.transport.wire.CloseCode;

/**
 * One end of a mutually authenticated, encrypted conversation of small messages between two hosts,
 * over any ordered byte streams: what goes in at one end's {@link Listener#transmit} must come out
 * at the other's {@link #receive}. Owned by one event loop, on which the listener is called as
 * well; nothing here computes on it.
 */
public interface SecureChannel {

  /** The longest message, in bytes. */
  int MESSAGE_BYTES_MAX = 64 * 1024;

  /** Begins the handshake, before anything else is called; its deadline runs from here. */
  void start();

  /** Takes bytes that came from the other end, in order; their ownership passes. */
  void receive(ByteBuf bytes);

  /**
   * Sends one message, once established.
   *
   * @throws IllegalArgumentException if it is longer than {@link #MESSAGE_BYTES_MAX}
   */
  void send(byte[] message);

  /** Forgets this end: the listener hears nothing any more. The other end is not told. */
  void close();

  /** What the owner of a channel is told, in order. */
  interface Listener {

    /** These bytes must reach the other end, in order. */
    void transmit(byte[] bytes);

    /**
     * The peer is who it should be. As in all of TLS 1.3, the client hears this before the server
     * has judged the client, so a refusal may still follow.
     *
     * @param secret 32 bytes that only the two ends know, different for every channel
     */
    void established(VerifiedPeer peer, byte[] secret);

    /** A message of the other end; only after {@link #established}. */
    void message(byte[] message);

    /** The channel has ended; nothing follows. {@link CloseCode#NONE}: the peer closed it. */
    void failed(CloseCode code, String reason);
  }
}
