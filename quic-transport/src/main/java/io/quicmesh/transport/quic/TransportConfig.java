package io.quicmesh.transport.quic;

import java.time.Duration;
import java.util.List;

/**
 * What every connection of an endpoint has in common (RFC 9000, section 18).
 *
 * @param uniStreamsMax streams that the peer may have open at once
 * @param payloadBytesMax the largest UDP payload that is probed for; 1452 fills a link of 1500
 *     bytes over IPv6
 * @param idleTimeoutNanos a connection that hears nothing for so long is closed
 * @param groups key exchange groups, best first, as BoringSSL names them
 * @param congestion what bounds the sending of a connection
 */
public record TransportConfig(
    int uniStreamsMax,
    int payloadBytesMax,
    long idleTimeoutNanos,
    List<String> groups,
    Congestion congestion) {

  /** Congestion control. */
  public enum Congestion {
    /** RFC 9438: fair beside others, slow where packets are lost at random. */
    CUBIC,
    /**
     * Goes by the delivery rate; several times as fast on lossy radio links, and not paced here.
     */
    BBR
  }

  /** The hybrid of X25519 and ML-KEM-768: what both sides must have unless configured otherwise. */
  public static final String HYBRID_GROUP = "X25519MLKEM768";

  /** The smallest UDP payload that QUIC allows for (RFC 9000, section 14). */
  public static final int PAYLOAD_BYTES_MIN = 1200;

  /** The largest payload that quiche sends. */
  public static final int PAYLOAD_BYTES_LIMIT = 16383;

  /** Checks the ranges. */
  public TransportConfig {
    groups = List.copyOf(groups);
    if (payloadBytesMax < PAYLOAD_BYTES_MIN || payloadBytesMax > PAYLOAD_BYTES_LIMIT) {
      throw new IllegalArgumentException(
          "payloadBytesMax must be from 1200 to 16383, not " + payloadBytesMax);
    }
    if (uniStreamsMax < 1 || idleTimeoutNanos < 1 || groups.isEmpty()) {
      throw new IllegalArgumentException("streams, idle timeout and groups must not be empty");
    }
  }

  /** 10,000 streams, a link of 1500 bytes, 30 s, the hybrid group only. */
  public static TransportConfig defaults() {
    return new TransportConfig(
        10_000, 1452, Duration.ofSeconds(30).toNanos(), List.of(HYBRID_GROUP), Congestion.CUBIC);
  }

  /** The same with another largest payload. */
  public TransportConfig withPayloadBytesMax(int bytes) {
    return new TransportConfig(uniStreamsMax, bytes, idleTimeoutNanos, groups, congestion);
  }

  /** The same with another limit of streams. */
  public TransportConfig withUniStreamsMax(int streams) {
    return new TransportConfig(streams, payloadBytesMax, idleTimeoutNanos, groups, congestion);
  }

  /** The same with another idle timeout. */
  public TransportConfig withIdleTimeoutNanos(long nanos) {
    return new TransportConfig(uniStreamsMax, payloadBytesMax, nanos, groups, congestion);
  }

  /** The same with other key exchange groups. */
  public TransportConfig withGroups(List<String> names) {
    return new TransportConfig(uniStreamsMax, payloadBytesMax, idleTimeoutNanos, names, congestion);
  }

  /** The same with another congestion control. */
  public TransportConfig withCongestion(Congestion other) {
    return new TransportConfig(uniStreamsMax, payloadBytesMax, idleTimeoutNanos, groups, other);
  }
}
