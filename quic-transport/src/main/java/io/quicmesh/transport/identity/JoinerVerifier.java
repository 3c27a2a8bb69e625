package io.quicmesh.transport.identity;

import io.quicmesh.transport.identity.VerifiedPeer.Kind;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Accepts any host with a key of its own in one self-signed certificate. What such a host may do is
 * decided by what it proves later: the secret of its invitation.
 */
public final class JoinerVerifier implements PeerVerifier {

  @Override
  public VerifiedPeer verify(List<X509Certificate> chain) throws PeerRefusedException {
    return SelfSigned.verify(chain, Kind.JOINER);
  }
}
