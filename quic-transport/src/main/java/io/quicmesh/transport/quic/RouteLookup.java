package io.quicmesh.transport.quic;

import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the kernel from which of this host's addresses a packet would leave; sends nothing. */
public final class RouteLookup {

  private static final Logger LOG = LoggerFactory.getLogger(RouteLookup.class);

  private RouteLookup() {}

  /** The source address of packets to a destination, or null if there is no way to it. */
  public static @Nullable InetAddress source(InetSocketAddress destination) {
    try (DatagramSocket socket = new DatagramSocket((SocketAddress) null)) {
      socket.connect(destination);
      InetAddress source = socket.getLocalAddress();
      return source == null || source.isAnyLocalAddress() ? null : withoutScope(source);
    } catch (SocketException e) {
      LOG.debug("no way there remote={} cause={}", destination, e.getMessage());
      return null;
    } catch (UncheckedIOException e) {
      LOG.debug("no way there remote={} cause={}", destination, e.getMessage());
      return null;
    }
  }

  /** The address alone: Java adds the interface that it found it on. */
  static InetAddress withoutScope(InetAddress address) {
    try {
      return InetAddress.getByAddress(address.getAddress());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has a length that is known", e);
    }
  }
}
