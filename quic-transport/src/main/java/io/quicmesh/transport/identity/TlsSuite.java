package io.quicmesh.transport.identity;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.DefaultTlsCredentialedSigner;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.ProtocolName;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsSigner;
import org.bouncycastle.tls.crypto.TlsStreamSigner;

/** What both ends of an end-to-end handshake agree on without asking. */
final class TlsSuite {

  static final ProtocolName PROTOCOL = ProtocolName.asUtf8Encoding("quicmesh-session/1");

  /** Leaf and CA certificate. */
  static final int CHAIN_LENGTH_MAX = 2;

  static final int HANDSHAKE_MESSAGE_BYTES_MAX = 16 * 1024;

  private static final SignatureAndHashAlgorithm ECDSA_SHA256 =
      SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa);

  private TlsSuite() {}

  static int[] cipherSuites() {
    return new int[] {CipherSuite.TLS_AES_256_GCM_SHA384};
  }

  /** A vector, because the TLS library asks for one. */
  @SuppressWarnings("JdkObsolete")
  static <T> Vector<T> vector(List<T> items) {
    return new Vector<>(items);
  }

  static Vector<SignatureAndHashAlgorithm> signatureAlgorithms() {
    return vector(List.of(ECDSA_SHA256));
  }

  static Vector<ProtocolName> protocolNames() {
    return vector(List.of(PROTOCOL));
  }

  /** Both ends speak the same protocol version, or the handshake ends here. */
  static void checkProtocol(TlsContext context) throws IOException {
    SecurityParameters parameters = context.getSecurityParametersConnection();
    if (!PROTOCOL.equals(parameters.getApplicationProtocol())) {
      throw new TlsFatalAlert(
          AlertDescription.no_application_protocol,
          "the other side does not speak " + PROTOCOL.getUtf8Decoding());
    }
  }

  static TlsCredentials credentials(
      TransportIdentity identity, TlsContext context, byte[] requestContext) throws IOException {
    return new DefaultTlsCredentialedSigner(
        new TlsCryptoParameters(context),
        new JdkSigner(identity),
        chain(identity, context.getCrypto(), requestContext),
        ECDSA_SHA256);
  }

  private static Certificate chain(
      TransportIdentity identity, TlsCrypto crypto, byte[] requestContext) throws IOException {
    CertificateEntry[] entries = new CertificateEntry[identity.chain().size()];
    try {
      for (int i = 0; i < entries.length; i++) {
        X509Certificate certificate = identity.chain().get(i);
        entries[i] = new CertificateEntry(crypto.createCertificate(certificate.getEncoded()), null);
      }
    } catch (GeneralSecurityException e) {
      throw new IOException("a certificate without an encoding", e);
    }
    return new Certificate(requestContext, entries);
  }

  /** Signs with the JDK, which is faster than the TLS library's own code. */
  private record JdkSigner(TransportIdentity identity) implements TlsSigner {

    @Override
    public byte[] generateRawSignature(SignatureAndHashAlgorithm algorithm, byte[] hash)
        throws IOException {
      try {
        Signature signature = Signature.getInstance("NONEwithECDSA");
        signature.initSign(identity.key());
        signature.update(hash);
        return signature.sign();
      } catch (GeneralSecurityException e) {
        throw new IOException("cannot sign with this key", e);
      }
    }

    @Override
    @SuppressWarnings("NullAway") // null says that signing in one piece is wanted
    public TlsStreamSigner getStreamSigner(SignatureAndHashAlgorithm algorithm) {
      return null;
    }
  }
}
