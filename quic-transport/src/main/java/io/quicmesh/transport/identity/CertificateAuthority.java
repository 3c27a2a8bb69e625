package io.quicmesh.transport.identity;

import io.quicmesh.transport.wire.Fingerprint;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The certificate authority of one network, held by its registrar: its key signs transport
 * certificates, membership records and revocation lists, and its fingerprint is the network id.
 * Immutable.
 */
public final class CertificateAuthority {

  private final TransportIdentity identity;
  private final Fingerprint network;

  /** An authority of its key and self-signed certificate. */
  public CertificateAuthority(TransportIdentity identity) {
    this.identity = identity;
    this.network = identity.fingerprint();
  }

  /** A new authority, and so a new network. */
  public static CertificateAuthority create(Instant now) {
    KeyPair pair = Keys.generate();
    return new CertificateAuthority(
        new TransportIdentity(pair.getPrivate(), List.of(Certificates.authority(pair, now))));
  }

  /** The id of the network. */
  public Fingerprint network() {
    return network;
  }

  /** Key and certificate, to keep in a file. */
  public TransportIdentity identity() {
    return identity;
  }

  /** The authority's own certificate. */
  public X509Certificate certificate() {
    return identity.leaf();
  }

  /**
   * Issues the transport certificate chain of a node: its certificate and the authority's.
   *
   * @throws IllegalArgumentException if the key is not a P-256 key
   */
  public List<X509Certificate> issue(PublicKey node, Instant now, Duration lifetime) {
    if (!Keys.isP256(node)) {
      throw new IllegalArgumentException("not a P-256 key");
    }
    Instant notBefore = now.minus(Certificates.BACKDATED);
    X509Certificate leaf =
        Certificates.transport(identity.key(), network, node, notBefore, now.plus(lifetime));
    return List.of(leaf, certificate());
  }

  /** Signs a document of the network. */
  public byte[] sign(byte[] document) {
    return Keys.sign(identity.key(), document);
  }
}
