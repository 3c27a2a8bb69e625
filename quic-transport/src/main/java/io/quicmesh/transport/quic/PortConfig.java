package io.quicmesh.transport.quic;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the UDP port.
 *
 * @param bind address and port; null or an unspecified IPv6 address means all addresses of both
 *     families, or of IPv4 where the host has no IPv6
 * @param receiveBufferBytes what the kernel should hold for us
 * @param sendBufferBytes what the kernel should take from us at once
 */
public record PortConfig(
    @Nullable InetSocketAddress bind, int receiveBufferBytes, int sendBufferBytes) {

  private static final int BUFFER_BYTES = 4 << 20;

  /** Default buffers. */
  public static PortConfig of(@Nullable InetSocketAddress bind) {
    return new PortConfig(bind, BUFFER_BYTES, BUFFER_BYTES);
  }
}
