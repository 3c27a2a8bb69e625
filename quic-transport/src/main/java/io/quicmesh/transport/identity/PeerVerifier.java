package io.quicmesh.transport.identity;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Decides whether the other side of a handshake is one that may be talked to. The handshake itself
 * has proved that the peer holds the key of the first certificate. Safe for use by several threads.
 */
@FunctionalInterface
public interface PeerVerifier {

  /**
   * Judges a peer by the chain that it sent, leaf first.
   *
   * @throws PeerRefusedException if this peer is not acceptable; the connection must be closed
   */
  VerifiedPeer verify(List<X509Certificate> chain) throws PeerRefusedException;
}
