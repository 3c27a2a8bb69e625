package io.quicmesh.relay.core;

import io.quicmesh.transport.wire.Fingerprint;

/** Whom a connection belongs to, as proven by its certificate. */
public sealed interface Party {

  /**
   * A member of a network: its transport certificate was issued by the network's CA.
   *
   * @param network fingerprint of the CA's key
   * @param id fingerprint of the node's key
   * @param expiresAtNanos when the certificate ends, on the clock of {@code nowNanos}
   */
  record Node(Fingerprint network, Fingerprint id, long expiresAtNanos) implements Party {}

  /**
   * A host that wants to join a network and has no certificate yet.
   *
   * @param key fingerprint of the key that the host holds
   */
  record Joiner(Fingerprint key) implements Party {}
}
