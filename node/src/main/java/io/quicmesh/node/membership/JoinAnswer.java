package io.quicmesh.node.membership;

import io.quicmesh.node.registrar.Refusal;
import io.quicmesh.transport.identity.Certificates;
import io.quicmesh.transport.wire.Opaque;
import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The registrar's answer to a {@link JoinRequest}, as one message of the same channel. */
sealed interface JoinAnswer {

  /**
   * Yes.
   *
   * @param chain transport certificate and CA certificate
   * @param record the signed membership record
   * @param revocations the signed revocation list
   */
  record Granted(List<X509Certificate> chain, Opaque record, Opaque revocations, Network network)
      implements JoinAnswer {
    public Granted {
      chain = List.copyOf(chain);
    }
  }

  /**
   * No.
   *
   * @param refusal the name of a {@link Refusal}, also of one that this version does not know
   * @param text what and the mend
   */
  record Refused(String refusal, String text) implements JoinAnswer {
    static Refused of(Refusal refusal) {
      return new Refused(refusal.name(), refusal.text());
    }
  }

  /** The bytes of the message. */
  default byte[] encode() {
    if (this instanceof Granted granted) {
      return Json.write(
          new Document(
              JoinRequest.VERSION,
              null,
              null,
              granted.chain.stream().map(JoinAnswer::base64).toList(),
              Base64.getEncoder().encodeToString(granted.record.toBytes()),
              Base64.getEncoder().encodeToString(granted.revocations.toBytes()),
              NetworkFile.Document.of(granted.network)));
    }
    Refused refused = (Refused) this;
    return Json.write(
        new Document(JoinRequest.VERSION, refused.refusal, refused.text, null, null, null, null));
  }

  /**
   * Reads a message. What it claims is not checked here.
   *
   * @throws IOException if it is no answer of this version
   */
  static JoinAnswer decode(byte[] message) throws IOException {
    Document document = Json.read(message, Document.class);
    if (document.version != JoinRequest.VERSION) {
      throw new IOException("an answer of another version");
    }
    if (document.refusal != null) {
      String text = document.text == null ? "no reason was given" : document.text;
      return new Refused(printable(document.refusal), printable(text));
    }
    if (document.chain == null || document.network == null) {
      throw new IOException("an answer with parts missing");
    }
    try {
      List<X509Certificate> chain = new ArrayList<>();
      for (String certificate : document.chain) {
        chain.add(Certificates.parse(opaque(certificate).toBytes()));
      }
      return new Granted(
          chain,
          opaque(document.record),
          opaque(document.revocations),
          document.network.toNetwork());
    } catch (IllegalArgumentException | CertificateException e) {
      throw new IOException("an answer with a malformed part");
    }
  }

  /** The JSON form; certificates and signed documents in base64. */
  record Document(
      int version,
      @Nullable String refusal,
      @Nullable String text,
      @Nullable List<String> chain,
      @Nullable String record,
      @Nullable String revocations,
      NetworkFile.@Nullable Document network) {}

  private static String printable(String text) {
    return text.replaceAll("[^\\x20-\\x7e]", "?");
  }

  private static String base64(X509Certificate certificate) {
    try {
      return Base64.getEncoder().encodeToString(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("a certificate without an encoding", e);
    }
  }

  private static Opaque opaque(@Nullable String text) {
    if (text == null) {
      throw new IllegalArgumentException("missing");
    }
    return Opaque.of(Base64.getDecoder().decode(text));
  }
}
