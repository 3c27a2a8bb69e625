package io.quicmesh.transport.quic;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Settings of a {@link QuicEndpoint}. */
public record EndpointConfig(
    PortConfig port, TransportConfig transport, HandshakeLimits handshakes) {

  /** The defaults on this address; null means every address and a port that the kernel chooses. */
  public static EndpointConfig of(@Nullable InetSocketAddress bind) {
    return new EndpointConfig(
        PortConfig.of(bind), TransportConfig.defaults(), HandshakeLimits.defaults());
  }

  /** The same with other settings of the connections. */
  public EndpointConfig with(TransportConfig other) {
    return new EndpointConfig(port, other, handshakes);
  }

  /** The same with other limits of handshakes. */
  public EndpointConfig with(HandshakeLimits other) {
    return new EndpointConfig(port, transport, other);
  }
}
