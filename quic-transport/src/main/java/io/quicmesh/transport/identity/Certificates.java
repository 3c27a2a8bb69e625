package io.quicmesh.transport.identity;

import io.quicmesh.transport.wire.Fingerprint;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** The certificates of quicmesh (RFC 5280): what they carry, and nothing more than that. */
public final class Certificates {

  /** Certificates begin this long before they are made, so that small clock errors do not hurt. */
  static final Duration BACKDATED = Duration.ofMinutes(10);

  /** Pinned keys have no use for an expiry date; this far is beyond every other limit. */
  private static final long PINNED_DAYS = 36_500;

  private static final int SERIAL_BITS = 63;

  private Certificates() {}

  /** The identity of a relay or of a joining host: its key, self-signed. */
  public static TransportIdentity selfSigned(KeyPair pair, Instant now) {
    X500Principal subject = pinnedSubject(Keys.fingerprint(pair.getPublic()));
    Terms terms = Terms.pinned(subject, pair.getPublic(), now);
    X509Certificate leaf = build(terms, subject, pair.getPrivate(), false);
    return new TransportIdentity(pair.getPrivate(), List.of(leaf));
  }

  /** The certificate of a network's CA, self-signed. */
  static X509Certificate authority(KeyPair pair, Instant now) {
    X500Principal subject = authoritySubject(Keys.fingerprint(pair.getPublic()));
    return build(Terms.pinned(subject, pair.getPublic(), now), subject, pair.getPrivate(), true);
  }

  /** A member's transport certificate: node id, network id and validity, no name. */
  static X509Certificate transport(
      PrivateKey authority, Fingerprint network, PublicKey node, Instant notBefore, Instant end) {
    X500Principal subject = memberSubject(Keys.fingerprint(node), network);
    Terms terms = new Terms(subject, node, notBefore, end);
    return build(terms, authoritySubject(network), authority, false);
  }

  /** The subject of a self-signed certificate. */
  static X500Principal pinnedSubject(Fingerprint key) {
    return new X500Principal("CN=" + key);
  }

  /** The subject of a CA's certificate, and so the issuer of its network's certificates. */
  static X500Principal authoritySubject(Fingerprint network) {
    return new X500Principal("O=" + network);
  }

  /** The subject of a transport certificate. */
  static X500Principal memberSubject(Fingerprint node, Fingerprint network) {
    return new X500Principal("CN=" + node + ",O=" + network);
  }

  /**
   * Parses a certificate of its DER bytes.
   *
   * @throws CertificateException if they are none
   */
  public static X509Certificate parse(byte[] der) throws CertificateException {
    ByteArrayInputStream in = new ByteArrayInputStream(der);
    X509Certificate certificate =
        (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    if (in.available() > 0) {
      throw new CertificateException("bytes after the certificate");
    }
    return certificate;
  }

  static boolean isSignedBy(X509Certificate certificate, PublicKey key) {
    try {
      certificate.verify(key);
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  static boolean extensionsAmong(X509Certificate certificate, Set<String> known) {
    Set<String> critical = certificate.getCriticalExtensionOIDs();
    Set<String> others = certificate.getNonCriticalExtensionOIDs();
    return (critical == null || known.containsAll(critical))
        && (others == null || known.containsAll(others));
  }

  /** Whom a certificate is about, and for how long it holds. */
  record Terms(X500Principal subject, PublicKey key, Instant notBefore, Instant notAfter) {
    static Terms pinned(X500Principal subject, PublicKey key, Instant now) {
      return new Terms(subject, key, now.minus(BACKDATED), now.plus(PINNED_DAYS, ChronoUnit.DAYS));
    }
  }

  static X509Certificate build(
      Terms terms, X500Principal issuer, PrivateKey signer, boolean authority) {
    X509v3CertificateBuilder builder =
        new X509v3CertificateBuilder(
            X500Name.getInstance(issuer.getEncoded()),
            new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(SERIAL_BITS - 1),
            Date.from(terms.notBefore()),
            Date.from(terms.notAfter()),
            X500Name.getInstance(terms.subject().getEncoded()),
            SubjectPublicKeyInfo.getInstance(terms.key().getEncoded()));
    try {
      addExtensions(builder, authority);
      return parse(
          builder
              .build(new JcaContentSignerBuilder(Keys.SIGNATURE_ALGORITHM).build(signer))
              .getEncoded());
    } catch (IOException e) {
      throw new UncheckedIOException("certificate in memory", e);
    } catch (OperatorCreationException | CertificateException e) {
      throw new IllegalArgumentException("no certificate from this key", e);
    }
  }

  private static void addExtensions(X509v3CertificateBuilder builder, boolean authority)
      throws IOException {
    if (authority) {
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.digitalSignature));
    } else {
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(
              new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
    }
  }
}
