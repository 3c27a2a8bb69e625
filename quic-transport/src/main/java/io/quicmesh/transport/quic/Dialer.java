package io.quicmesh.transport.quic;

import io.netty.util.concurrent.Future;
import io.quicmesh.transport.identity.PeerVerifier;
import java.net.InetSocketAddress;

/** Makes connections to others; see {@link QuicEndpoint}. Owned by the event loop. */
public interface Dialer {

  /**
   * Dials a peer. When the future succeeds, the peer has proved who it is; it may still refuse us,
   * which closes the connection.
   *
   * @param alpn see {@link Alpn}
   * @param expected who it must be
   * @param timeoutNanos for the whole handshake and verification
   * @return the verified connection, or a {@link DialException}
   */
  Future<QuicConnection> dial(
      InetSocketAddress remote, String alpn, PeerVerifier expected, long timeoutNanos);
}
