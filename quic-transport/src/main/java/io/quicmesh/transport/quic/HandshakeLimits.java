package io.quicmesh.transport.quic;

import java.time.Duration;

/**
 * Bounds on handshakes that strangers may have under way at the server role.
 *
 * @param inFlightMax in all
 * @param perSourceMax from one IPv4 address or IPv6 /64
 * @param retryAbove with more than so many in flight every new source must first return a token
 *     (RFC 9000, section 8.1.2)
 * @param deadlineNanos from the first packet to a verified peer
 */
public record HandshakeLimits(
    int inFlightMax, int perSourceMax, int retryAbove, long deadlineNanos) {

  /** 256 in all, 16 a source, tokens above 64, 5 s. */
  public static HandshakeLimits defaults() {
    return new HandshakeLimits(256, 16, 64, Duration.ofSeconds(5).toNanos());
  }
}
