package io.quicmesh.relay.core;

import io.quicmesh.transport.wire.CloseCode;
import org.jspecify.annotations.Nullable;

/** Judges a node's connection before anything is kept of it. */
record Admission(Networks networks, RelayLimits.Connections limits) {

  /**
   * Why the connection must be closed, or null.
   *
   * @param connections how many there are already
   */
  @Nullable Refused check(Party.Node party, int connections, long nowNanos) {
    Network network = networks.find(party.network());
    if (!networks.isAllowed(party.network())) {
      return Refused.NOT_ALLOWED;
    } else if (network != null && network.isRevoked(party.id())) {
      return Refused.REVOKED;
    } else if (party.expiresAtNanos() - nowNanos <= 0) {
      return Refused.EXPIRED;
    } else if (connections >= limits.totalMax()) {
      return Refused.CONNECTIONS;
    }
    return network == null ? null : checkFull(network, party);
  }

  private @Nullable Refused checkFull(Network network, Party.Node party) {
    if (network.pending >= limits.pendingPerNetworkMax()) {
      return Refused.PENDING;
    }
    boolean full =
        network.connections() >= limits.perNetworkMax()
            || network.connectionsOf(party.id()) >= limits.perNodeMax();
    return full ? Refused.CONNECTIONS : null;
  }

  /** Why a connection is closed before it is known. */
  enum Refused {
    NOT_ALLOWED(Refusal.NETWORK_NOT_ALLOWED, CloseCode.NOT_ALLOWED),
    REVOKED(Refusal.REVOKED, CloseCode.REVOKED),
    EXPIRED(Refusal.EXPIRED, CloseCode.EXPIRED),
    PENDING(Refusal.QUOTA_PENDING_HANDSHAKES, CloseCode.QUOTA),
    CONNECTIONS(Refusal.QUOTA_CONNECTIONS, CloseCode.QUOTA),
    NETWORKS(Refusal.QUOTA_NETWORKS, CloseCode.QUOTA);

    final Refusal refusal;
    final CloseCode code;

    Refused(Refusal refusal, CloseCode code) {
      this.refusal = refusal;
      this.code = code;
    }
  }
}
