package io.quicmesh.transport.identity;

import io.quicmesh.transport.wire.CloseCode;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.jspecify.annotations.Nullable;

/**
 * Judges the peer's certificates within one handshake, tells the peer by an alert (RFC 8446 section
 * 6.2) why it was refused, and says afterwards why a handshake failed: for which of the two ends'
 * reasons.
 */
final class TlsJudge {

  /** RFC 8446 section 7.5; the secret is bound to this handshake and this label. */
  private static final String SECRET_LABEL = "EXPORTER-quicmesh session";

  private static final int SECRET_BYTES = 32;

  private final PeerVerifier verifier;
  private byte @Nullable [] secret;
  private @Nullable VerifiedPeer peer;
  private @Nullable PeerRefusedException refusal;
  private short alertReceived = -1;

  TlsJudge(PeerVerifier verifier) {
    this.verifier = verifier;
  }

  /** The handshake is over: the last check, and the one moment to derive the secret. */
  void handshakeComplete(TlsContext context) throws IOException {
    TlsSuite.checkProtocol(context);
    secret = context.exportKeyingMaterial(SECRET_LABEL, null, SECRET_BYTES);
  }

  /** The shared secret, once, when the handshake is over; else null. */
  byte @Nullable [] takeSecret() {
    byte[] taken = secret;
    secret = null;
    return taken;
  }

  @Nullable VerifiedPeer peer() {
    return peer;
  }

  /** Accepts the peer's chain or ends the handshake with the alert that says why not. */
  void judge(@Nullable Certificate certificate) throws IOException {
    try {
      peer = verifier.verify(parse(certificate));
    } catch (PeerRefusedException e) {
      refusal = e;
      throw new TlsFatalAlert(alertFor(e.code()), e.oneLine());
    }
  }

  void alertReceived(short description) {
    alertReceived = description;
  }

  CloseCode codeOfFailure() {
    if (refusal != null) {
      return refusal.code();
    }
    return alertReceived < 0 ? CloseCode.PROTOCOL : codeFor(alertReceived);
  }

  String reasonOfFailure(Exception cause) {
    if (refusal != null) {
      return refusal.oneLine();
    }
    if (alertReceived >= 0) {
      return "the other side refused this host: " + wordsFor(alertReceived);
    }
    return "end-to-end handshake: "
        + Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName());
  }

  CloseCode codeOfEnd(boolean established) {
    if (alertReceived > AlertDescription.close_notify) {
      return codeFor(alertReceived);
    }
    return established ? CloseCode.NONE : CloseCode.PROTOCOL;
  }

  String reasonOfEnd(boolean established) {
    if (alertReceived > AlertDescription.close_notify) {
      return "the other side refused this host: " + wordsFor(alertReceived);
    }
    return established
        ? "the other side closed the channel"
        : "the other side gave up during the handshake";
  }

  private static List<X509Certificate> parse(@Nullable Certificate certificate) throws IOException {
    List<X509Certificate> chain = new ArrayList<>();
    if (certificate == null) {
      return chain;
    }
    for (TlsCertificate each : certificate.getCertificateList()) {
      try {
        chain.add(Certificates.parse(each.getEncoded()));
      } catch (CertificateException e) {
        throw new TlsFatalAlert(AlertDescription.bad_certificate, e);
      }
    }
    return chain;
  }

  private static short alertFor(CloseCode code) {
    return switch (code) {
      case REVOKED -> AlertDescription.certificate_revoked;
      case EXPIRED -> AlertDescription.certificate_expired;
      case WRONG_PEER -> AlertDescription.certificate_unknown;
      case WRONG_CLOCK -> AlertDescription.unsupported_certificate;
      default -> AlertDescription.access_denied;
    };
  }

  private static CloseCode codeFor(short alert) {
    return switch (alert) {
      case AlertDescription.certificate_revoked -> CloseCode.REVOKED;
      case AlertDescription.certificate_expired -> CloseCode.EXPIRED;
      case AlertDescription.certificate_unknown -> CloseCode.WRONG_PEER;
      case AlertDescription.unsupported_certificate -> CloseCode.WRONG_CLOCK;
      case AlertDescription.access_denied -> CloseCode.NOT_ALLOWED;
      default -> CloseCode.PROTOCOL;
    };
  }

  private static String wordsFor(short alert) {
    CloseCode code = codeFor(alert);
    return code == CloseCode.PROTOCOL ? AlertDescription.getName(alert) : code.text();
  }
}
