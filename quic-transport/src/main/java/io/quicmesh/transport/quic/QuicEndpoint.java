package io.quicmesh.transport.quic;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.quicmesh.transport.identity.PeerVerifier;
import io.quicmesh.transport.identity.TransportIdentity;
import io.quicmesh.transport.wire.CloseCode;
import java.net.InetSocketAddress;
import java.util.Map;

/**
 * One UDP port with both QUIC roles: dials connections and accepts them. Everything happens on the
 * one event loop that {@link #bind} was given; all methods are called there.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class QuicEndpoint {

  QuicEndpoint() {}

  /**
   * Binds the port. Callable from any thread; the future completes on the loop.
   *
   * @param loop an epoll event loop
   * @param identity what this host shows in both roles
   */
  public static Future<QuicEndpoint> bind(
      EventLoop loop, EndpointConfig config, TransportIdentity identity, ServerRole server) {
    throw new UnsupportedOperationException();
  }

  /**
   * Dials a peer.
   *
   * @param alpn see {@link Alpn}
   * @param expected who it must be
   * @param timeoutNanos for the whole handshake and verification
   * @return the verified connection, or a {@link DialException}
   */
  public Future<QuicConnection> dial(
      InetSocketAddress remote, String alpn, PeerVerifier expected, long timeoutNanos) {
    throw new UnsupportedOperationException();
  }

  /** Shows another identity on connections from now on, such as a renewed certificate. */
  public void setIdentity(TransportIdentity identity) {
    throw new UnsupportedOperationException();
  }

  /** The UDP port. */
  public UdpPort port() {
    throw new UnsupportedOperationException();
  }

  /** Counters by name, for status and metrics. */
  public Map<String, Long> counters() {
    throw new UnsupportedOperationException();
  }

  /**
   * Closes all connections with {@link CloseCode#SHUTTING_DOWN}, then the port. Callable from any
   * thread.
   */
  public Future<Void> close() {
    throw new UnsupportedOperationException();
  }
}
