package io.quicmesh.monitor;

import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * Where an admin server listens.
 *
 * @param stateDirectory holds the socket {@code admin.sock} and the token {@code admin.token}
 * @param address a loopback address
 * @param addressAsked the operator chose the address: when it is taken, that is an error; a default
 *     that is taken moves on to the next free port
 * @param version of this build, for the metrics
 */
public record AdminConfig(
    Path stateDirectory, InetSocketAddress address, boolean addressAsked, String version) {
  static final String SOCKET_FILE = "admin.sock";
  static final String TOKEN_FILE = "admin.token";

  Path socketFile() {
    return stateDirectory.resolve(SOCKET_FILE);
  }

  Path tokenFile() {
    return stateDirectory.resolve(TOKEN_FILE);
  }
}
