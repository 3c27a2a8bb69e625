package io.quicmesh.transport.quic;

import io.netty.handler.codec.quic.QuicPathEvent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Corrects what the codec says about paths: the ports of its path events and path figures have
 * their two bytes in the wrong order.
 */
final class PathAddresses {

  private static final int MAPPED_PREFIX_BYTES = 12;
  private static final int IPV6_BYTES = 16;

  private PathAddresses() {}

  /** The address with its real port. */
  static InetSocketAddress corrected(InetSocketAddress reported) {
    int port = reported.getPort();
    return new InetSocketAddress(plain(reported.getAddress()), (port & 0xff) << 8 | port >> 8);
  }

  /** An IPv4 address that a dual-stack socket shows as IPv6 (RFC 4291, section 2.5.5.2) as IPv4. */
  static InetAddress plain(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length != IPV6_BYTES || bytes[10] != -1 || bytes[11] != -1) {
      return address;
    }
    for (int i = 0; i < MAPPED_PREFIX_BYTES - 2; i++) {
      if (bytes[i] != 0) {
        return address;
      }
    }
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(bytes, MAPPED_PREFIX_BYTES, IPV6_BYTES));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  /** The event as one of ours. */
  static PathEvent event(QuicPathEvent event) {
    InetSocketAddress local = corrected(event.local());
    InetSocketAddress remote = corrected(event.remote());
    if (event instanceof QuicPathEvent.ReusedSourceConnectionId reused) {
      return new PathEvent(PathEvent.Kind.REUSED_ID, local, remote, corrected(reused.oldRemote()));
    }
    return new PathEvent(kind(event), local, remote, null);
  }

  private static PathEvent.Kind kind(QuicPathEvent event) {
    if (event instanceof QuicPathEvent.New) {
      return PathEvent.Kind.NEW;
    }
    if (event instanceof QuicPathEvent.Validated) {
      return PathEvent.Kind.VALIDATED;
    }
    if (event instanceof QuicPathEvent.FailedValidation) {
      return PathEvent.Kind.FAILED;
    }
    return event instanceof QuicPathEvent.PeerMigrated
        ? PathEvent.Kind.MIGRATED
        : PathEvent.Kind.CLOSED;
  }
}
