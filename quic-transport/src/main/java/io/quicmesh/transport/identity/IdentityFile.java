package io.quicmesh.transport.identity;

import io.quicmesh.transport.wire.Opaque;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@link TransportIdentity} in one PEM file: the private key (PKCS #8) and its certificates, leaf
 * first, and if there is one a document that belongs to the key. One file, so that they always
 * change together.
 */
public final class IdentityFile {

  private static final String DOCUMENT = "QUICMESH DOCUMENT";

  private final StateFiles files;
  private final Path path;

  /**
   * What the file holds.
   *
   * @param document what belongs to the key beside its certificates, or null
   */
  public record Content(TransportIdentity identity, @Nullable Opaque document) {}

  /** The identity at this path; nothing is read yet. */
  public IdentityFile(StateFiles files, Path path) {
    this.files = files;
    this.path = path;
  }

  /**
   * Reads the identity.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   * @throws IOException if others may read it, or if it is damaged; one line
   */
  public TransportIdentity read() throws IOException {
    return load().identity();
  }

  /** Reads all that the file holds; see {@link #read}. */
  public Content load() throws IOException {
    return parse(new String(files.read(path), StandardCharsets.US_ASCII));
  }

  /** Replaces the identity, durably and as a whole. */
  public void write(TransportIdentity identity) throws IOException {
    store(new Content(identity, null));
  }

  /** Replaces all that the file holds, durably and as a whole. */
  public void store(Content content) throws IOException {
    files.replace(path, format(content).getBytes(StandardCharsets.US_ASCII));
  }

  private String format(Content content) throws IOException {
    TransportIdentity identity = content.identity();
    StringBuilder text =
        new StringBuilder(Pem.of(Pem.PRIVATE_KEY, identity.key().getEncoded()).text());
    try {
      for (X509Certificate certificate : identity.chain()) {
        text.append(Pem.of(Pem.CERTIFICATE, certificate.getEncoded()).text());
      }
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot write " + path + ": a certificate has no encoding", e);
    }
    if (content.document() != null) {
      text.append(new Pem(DOCUMENT, content.document()).text());
    }
    return text.toString();
  }

  private Content parse(String text) throws IOException {
    try {
      List<Pem> blocks = Pem.parse(text);
      if (blocks.size() < 2 || !blocks.get(0).label().equals(Pem.PRIVATE_KEY)) {
        throw damaged("it must hold a private key and its certificates");
      }
      PrivateKey key =
          KeyFactory.getInstance("EC")
              .generatePrivate(new PKCS8EncodedKeySpec(blocks.get(0).der().toBytes()));
      Pem last = blocks.get(blocks.size() - 1);
      Opaque document = last.label().equals(DOCUMENT) ? last.der() : null;
      List<X509Certificate> chain = new ArrayList<>();
      for (Pem block : blocks.subList(1, blocks.size() - (document == null ? 0 : 1))) {
        if (!block.label().equals(Pem.CERTIFICATE)) {
          throw damaged("after the key there must be certificates only");
        }
        chain.add(Certificates.parse(block.der().toBytes()));
      }
      if (chain.isEmpty()) {
        throw damaged("it holds no certificate");
      }
      if (!Keys.isPair(key, chain.get(0).getPublicKey())) {
        throw damaged("its key is not the one of its certificate");
      }
      return new Content(new TransportIdentity(key, chain), document);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw damaged("it is not a PEM file of an EC key and its certificates");
    }
  }

  private IOException damaged(String why) {
    return new IOException(
        path + " is damaged: " + why + ": restore it from a backup, or remove it and start anew");
  }
}
