package io.quicmesh.transport.identity;

import io.quicmesh.transport.identity.VerifiedPeer.Kind;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.Fingerprint;
import java.security.cert.X509Certificate;
import java.util.List;

/** Accepts the one relay whose key has the pinned fingerprint. Immutable. */
public final class RelayVerifier implements PeerVerifier {

  private final Fingerprint pin;

  /** A verifier of this pin, as the relay's {@code fingerprint} command prints it. */
  public RelayVerifier(Fingerprint pin) {
    this.pin = pin;
  }

  @Override
  public VerifiedPeer verify(List<X509Certificate> chain) throws PeerRefusedException {
    VerifiedPeer peer = SelfSigned.verify(chain, Kind.RELAY);
    if (!peer.key().equals(pin)) {
      throw new PeerRefusedException(
          CloseCode.WRONG_PEER,
          "the relay's fingerprint is "
              + peer.key()
              + " and "
              + pin
              + " was expected: it is not that relay, or the configured fingerprint is wrong");
    }
    return peer;
  }
}
