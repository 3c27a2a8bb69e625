package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.quicmesh.transport.wire.CloseCode;

/**
 * The end-to-end handshake of a session: mutually authenticated, run over the set-up stream of a
 * carrier. The arithmetic happens elsewhere; all calls either way are made on the event loop.
 */
public interface KeyExchange {

  /** Begins; the client's side speaks first. */
  void start();

  /** Hands over bytes of the peer, with their reference. */
  void receive(ByteBuf bytes);

  /** Sends a message to the peer inside the exchange, after it is established. */
  void send(byte[] message);

  /** Ends the exchange and forgets its keys. */
  void close();

  /** What the owner of an exchange is told, on the event loop. */
  interface Listener {

    /** Bytes for the peer. */
    void transmit(byte[] bytes);

    /**
     * The peer has proven who it is.
     *
     * @param secret 32 bytes that only the two sides know
     */
    void established(byte[] secret);

    /** A message that the peer sent inside the exchange. */
    void message(byte[] message);

    /** The exchange is over without a result. Called at most once. */
    void failed(CloseCode code, String reason);
  }
}
