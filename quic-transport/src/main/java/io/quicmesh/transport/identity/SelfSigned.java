package io.quicmesh.transport.identity;

import io.quicmesh.transport.identity.VerifiedPeer.Kind;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.Fingerprint;
import java.security.cert.X509Certificate;
import java.util.List;

/** The check of a chain that is one self-signed certificate. Dates do not matter to a bare key. */
final class SelfSigned {

  private SelfSigned() {}

  static VerifiedPeer verify(List<X509Certificate> chain, Kind kind) throws PeerRefusedException {
    if (chain.size() != 1) {
      throw new PeerRefusedException(
          CloseCode.NOT_ALLOWED,
          "the peer showed a chain of " + chain.size() + " certificates instead of its own one");
    }
    X509Certificate leaf = chain.get(0);
    if (!Keys.isP256(leaf.getPublicKey())) {
      throw new PeerRefusedException(CloseCode.NOT_ALLOWED, "the peer's key is not P-256");
    }
    Fingerprint key = Keys.fingerprint(leaf.getPublicKey());
    if (!leaf.getSubjectX500Principal().equals(Certificates.pinnedSubject(key))
        || !Certificates.isSignedBy(leaf, leaf.getPublicKey())) {
      throw new PeerRefusedException(
          CloseCode.NOT_ALLOWED, "the peer's certificate is not signed by its own key");
    }
    return new VerifiedPeer(key, null, kind, leaf.getNotAfter().toInstant());
  }
}
