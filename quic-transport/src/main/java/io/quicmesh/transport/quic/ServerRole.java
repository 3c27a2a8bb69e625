package io.quicmesh.transport.quic;

import io.quicmesh.transport.identity.PeerVerifier;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What an endpoint does with connections that others dial.
 *
 * @param verifiers who is accepted, by application protocol (see {@link Alpn}); no others are
 *     offered
 * @param accepted told on the event loop of each connection whose peer was verified; it sets the
 *     connection's listener before it returns
 */
public record ServerRole(Map<String, PeerVerifier> verifiers, Consumer<QuicConnection> accepted) {

  /** Copies the map. */
  public ServerRole {
    verifiers = Map.copyOf(verifiers);
  }

  /** Accepts nobody. */
  public static ServerRole none() {
    return new ServerRole(Map.of(), connection -> {});
  }
}
