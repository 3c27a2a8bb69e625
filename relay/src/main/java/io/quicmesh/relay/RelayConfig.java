package io.quicmesh.relay;

import io.quicmesh.relay.core.RelayLimits;
import io.quicmesh.transport.quic.HandshakeLimits;
import io.quicmesh.transport.quic.TransportConfig;
import io.quicmesh.transport.wire.Fingerprint;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a relay.
 *
 * @param listen UDP addresses to bind
 * @param allowed ids of the networks that may use the relay, or null for any
 * @param limits bounds on what nodes may do
 * @param quic settings of the QUIC connections
 * @param software name and version, a slash between them, as nodes are told
 */
public record RelayConfig(
    List<InetSocketAddress> listen,
    @Nullable Set<Fingerprint> allowed,
    RelayLimits limits,
    Quic quic,
    String software) {

  /** Settings of the QUIC connections. */
  public record Quic(TransportConfig transport, HandshakeLimits handshakes) {

    /** A node that is silent for so long is gone; nodes send a heartbeat far more often. */
    private static final Duration IDLE = Duration.ofSeconds(15);

    /** The defaults. */
    public static Quic defaults() {
      return new Quic(
          TransportConfig.defaults().withIdleTimeoutNanos(IDLE.toNanos()),
          HandshakeLimits.defaults());
    }
  }

  /** Copies the collections. */
  public RelayConfig {
    listen = List.copyOf(listen);
    allowed = allowed == null ? null : Set.copyOf(allowed);
  }

  /** A relay with default limits for these networks, or for any if null. */
  public static RelayConfig of(List<InetSocketAddress> listen, @Nullable Set<Fingerprint> allowed) {
    return new RelayConfig(
        listen, allowed, RelayLimits.defaults(), Quic.defaults(), "quicmesh-relay/embedded");
  }

  /** The same with other limits. */
  public RelayConfig with(RelayLimits other) {
    return new RelayConfig(listen, allowed, other, quic, software);
  }

  /** The same with other settings of the connections. */
  public RelayConfig with(Quic other) {
    return new RelayConfig(listen, allowed, limits, other, software);
  }

  /** The same with another name and version. */
  public RelayConfig withSoftware(String nameAndVersion) {
    return new RelayConfig(listen, allowed, limits, quic, nameAndVersion);
  }

  String version() {
    return software.substring(software.indexOf('/') + 1);
  }
}
