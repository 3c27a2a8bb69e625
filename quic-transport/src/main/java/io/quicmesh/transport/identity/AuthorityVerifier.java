package io.quicmesh.transport.identity;

import io.quicmesh.transport.identity.VerifiedPeer.Kind;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.Fingerprint;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Accepts the CA of one network, that is its registrar, and no member that pretends to be it: the
 * peer's own key must have the network id as its fingerprint. For hosts that join or renew.
 */
public final class AuthorityVerifier implements PeerVerifier {

  private final Fingerprint network;

  /** A verifier of this network's CA. */
  public AuthorityVerifier(Fingerprint network) {
    this.network = network;
  }

  @Override
  public VerifiedPeer verify(List<X509Certificate> chain) throws PeerRefusedException {
    if (chain.size() != 1
        || !Keys.isP256(chain.get(0).getPublicKey())
        || !Keys.fingerprint(chain.get(0).getPublicKey()).equals(network)) {
      throw new PeerRefusedException(
          CloseCode.WRONG_PEER,
          "whoever answered is not the registrar of network " + network.shortText());
    }
    return new VerifiedPeer(
        network, network, Kind.REGISTRAR, chain.get(0).getNotAfter().toInstant());
  }
}
