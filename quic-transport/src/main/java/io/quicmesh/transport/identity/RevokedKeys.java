package io.quicmesh.transport.identity;

import io.quicmesh.transport.wire.Fingerprint;

/**
 * The keys that a network's CA has revoked, as far as this host knows. Looked up at every
 * handshake; safe for use by several threads.
 */
@FunctionalInterface
public interface RevokedKeys {

  /** Nothing is revoked. */
  RevokedKeys NONE = (network, key) -> false;

  /** Whether this network has revoked this key. */
  boolean contains(Fingerprint network, Fingerprint key);
}
