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
@SuppressWarnings("DoNotCallSuggester")
public final class QuicConnection {

  /** Which side dialled. */
  public enum Role {
    /** We dialled. */
    CLIENT,
    /** The peer dialled. */
    SERVER
  }

  /** What the owner of a connection is told. */
  public interface Listener {

    /** The peer opened a stream; its listener is set before this returns. */
    void streamOpened(StreamHeader header, ReceiveStream stream);

    /** A message came on the connection's control stream. */
    void control(ControlMessage message);

    /** A path of this connection appeared, was validated, became the one in use, or went. */
    void pathChanged(PathEvent event);

    /**
     * The connection has ended; its streams were told before. Called once, also for our own close.
     *
     * @param code the application error code of whoever closed, see {@link CloseCode}
     * @param cause one line for people
     */
    void closed(int code, String cause);
  }

  QuicConnection() {}

  /** The connection id that the server chose in the handshake, in hex: equal at both ends. */
  public String id() {
    throw new UnsupportedOperationException();
  }

  /** Which side dialled. */
  public Role role() {
    throw new UnsupportedOperationException();
  }

  /** The application protocol; see {@link Alpn}. */
  public String alpn() {
    throw new UnsupportedOperationException();
  }

  /** Who the peer is, as its certificates proved on this very connection. */
  public VerifiedPeer peer() {
    throw new UnsupportedOperationException();
  }

  /** Our address on the path in use; the unspecified one when the port is bound to all. */
  public InetSocketAddress localAddress() {
    throw new UnsupportedOperationException();
  }

  /** The peer's address on the last path that was validated. */
  public InetSocketAddress remoteAddress() {
    throw new UnsupportedOperationException();
  }

  /** Whether streams can be opened and written. */
  public boolean isOpen() {
    throw new UnsupportedOperationException();
  }

  /**
   * Sets who is told; what came before waits for it, and a closed connection tells it at once.
   * Replaces an earlier one.
   */
  public void setListener(Listener listener) {
    throw new UnsupportedOperationException();
  }

  /**
   * Opens a stream towards the peer. The header goes with the first write, or alone at the end of
   * this turn of the event loop. Beyond the peer's limit of streams it waits for a place.
   *
   * @param urgency see {@link Urgency}
   */
  public SendStream openStream(StreamHeader header, int urgency) {
    throw new UnsupportedOperationException();
  }

  /** Sends a message on the connection's control stream; dropped when the connection is closed. */
  public void send(ControlMessage message) {
    throw new UnsupportedOperationException();
  }

  /** The connection's figures now; fails when it is closed. */
  public Future<ConnectionStats> stats() {
    throw new UnsupportedOperationException();
  }

  /** Closes at once; the peer is told the code. */
  public void close(CloseCode code) {
    throw new UnsupportedOperationException();
  }
}
