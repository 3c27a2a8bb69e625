package io.quicmesh.transport.quic;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@link QuicEndpoint}.
 *
 * @param keyLog the file to which TLS secrets of every connection are appended, null for none
 */
public record EndpointConfig(
    PortConfig port, TransportConfig transport, HandshakeLimits handshakes, @Nullable Path keyLog) {

  /** Settings with which no secret is written. */
  public EndpointConfig(PortConfig port, TransportConfig transport, HandshakeLimits handshakes) {
    this(port, transport, handshakes, null);
  }

  /** The defaults on this address; null means every address and a port that the kernel chooses. */
  public static EndpointConfig of(@Nullable InetSocketAddress bind) {
    return new EndpointConfig(
        PortConfig.of(bind), TransportConfig.defaults(), HandshakeLimits.defaults());
  }

  /** The same with other settings of the connections. */
  public EndpointConfig with(TransportConfig other) {
    return new EndpointConfig(port, other, handshakes, keyLog);
  }

  /** The same with other limits of handshakes. */
  public EndpointConfig with(HandshakeLimits other) {
    return new EndpointConfig(port, transport, other, keyLog);
  }

  /** The same with another key log; null for none. */
  public EndpointConfig withKeyLog(@Nullable Path file) {
    return new EndpointConfig(port, transport, handshakes, file);
  }
}
