package io.quicmesh.transport.identity;

import io.quicmesh.transport.wire.Fingerprint;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * What a host shows on a connection and proves it holds: a private key and the certificate chain of
 * its public key, leaf first. A member's chain is its transport certificate and the certificate of
 * its network's CA; a relay's or a joining host's is one self-signed certificate. Immutable.
 */
public record TransportIdentity(PrivateKey key, List<X509Certificate> chain) {

  /**
   * An identity of a key and its chain.
   *
   * @throws IllegalArgumentException if the chain is empty
   */
  public TransportIdentity {
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("a transport identity without a certificate");
    }
  }

  /** The certificate of the key itself. */
  public X509Certificate leaf() {
    return chain.get(0);
  }

  /** The fingerprint of the public key: the node id of a member, the pin of a relay. */
  public Fingerprint fingerprint() {
    return Keys.fingerprint(leaf().getPublicKey());
  }

  /** When the leaf certificate begins to be valid. */
  public Instant notBefore() {
    return leaf().getNotBefore().toInstant();
  }

  /**
   * When the leaf certificate was issued; it begins somewhat earlier, for clocks that are behind.
   */
  public Instant issuedAt() {
    return notBefore().plus(Certificates.BACKDATED);
  }

  /** When the leaf certificate ends to be valid. */
  public Instant notAfter() {
    return leaf().getNotAfter().toInstant();
  }

  /** Names the key by its fingerprint; never shows the private key. */
  @Override
  public String toString() {
    return "TransportIdentity[" + fingerprint().shortText() + "]";
  }
}
