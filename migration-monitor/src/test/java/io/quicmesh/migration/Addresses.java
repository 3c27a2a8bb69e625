package io.quicmesh.migration;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Underlay addresses for tests, from numbers, so that no name is ever looked up. */
final class Addresses {

  private Addresses() {}

  static InetAddress ip(int... octets) {
    byte[] bytes = new byte[octets.length];
    for (int i = 0; i < octets.length; i++) {
      bytes[i] = (byte) octets[i];
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static InetSocketAddress at(int lastOctet, int port) {
    return new InetSocketAddress(ip(192, 0, 2, lastOctet), port);
  }
}
