package io.quicmesh.transport.quic;

import io.netty.util.concurrent.Future;
import io.quicmesh.transport.identity.VerifiedPeer;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.stream.SendStream;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.StreamHeader;
import java.net.InetSocketAddress;

/**
 * A QUIC connection whose peer has been verified (RFC 9000). Owned by the event loop of its
 * endpoint: every method is called there, every listener is told there.
 */
public interface QuicConnection {

  /** Which side dialled. */
  enum Role {
    /** We dialled. */
    CLIENT,
    /** The peer dialled. */
    SERVER
  }

  /** What the owner of a connection is told. */
  interface Listener {

    /** The peer opened a stream; without a listener its bytes wait. */
    void streamOpened(StreamHeader header, ReceiveStream stream);

    /** A message came on the connection's control stream. */
    void control(ControlMessage message);

    /** A path of this connection appeared, was validated, became the one in use, or went. */
    void pathChanged(PathEvent event);

    /**
     * In the client role: a packet with an id of this connection came from where the server is not,
     * and was dropped, because a server must not move (RFC 9000, section 9). Either it did move,
     * unknowingly perhaps, or somebody copied a packet. May be told for every packet.
     */
    default void strangerSent() {}

    /**
     * The connection has ended; its streams were told before. Called once, also for our own close.
     *
     * @param code the application error code of whoever closed, see {@link CloseCode}
     * @param cause one line for people
     */
    void closed(int code, String cause);
  }

  /** The connection id that the server chose in the handshake, in hex: equal at both ends. */
  String id();

  /** Which side dialled. */
  Role role();

  /** The application protocol; see {@link Alpn}. */
  String alpn();

  /** Who the peer is, as its certificates proved on this very connection. */
  VerifiedPeer peer();

  /**
   * The address that our packets leave from now, as the kernel routes them; the unspecified one
   * when there is no way to the peer. Asks the kernel.
   */
  InetSocketAddress localAddress();

  /** The peer's address on the path that it was last validated on. */
  InetSocketAddress remoteAddress();

  /** Whether streams can be opened and written. */
  boolean isOpen();

  /**
   * Sets who is told; what came before waits for it, and a closed connection tells it at once.
   * Replaces an earlier one.
   */
  void setListener(Listener next);

  /**
   * Opens a stream towards the peer. The header goes with the first write, or alone at the end of
   * this turn of the event loop. Beyond the peer's limit of streams it waits for a place.
   *
   * @param urgency see {@link Urgency}
   */
  SendStream openStream(StreamHeader header, int urgency);

  /** Sends a message on the connection's control stream; dropped when the connection is closed. */
  void send(ControlMessage message);

  /** The connection's figures now; fails when it is closed. */
  Future<ConnectionStats> stats();

  /** Closes at once; the peer is told the code. */
  void close(CloseCode code);
}
