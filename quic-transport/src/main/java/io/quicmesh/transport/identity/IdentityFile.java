package io.quicmesh.transport.identity;

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

/**
 * A {@link TransportIdentity} in one PEM file: the private key (PKCS #8) and its certificates, leaf
 * first. One file, so that key and certificate always change together.
 */
public final class IdentityFile {

  private final StateFiles files;
  private final Path path;

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
    return parse(new String(files.read(path), StandardCharsets.US_ASCII));
  }

  /** Replaces the identity, durably and as a whole. */
  public void write(TransportIdentity identity) throws IOException {
    files.replace(path, format(identity).getBytes(StandardCharsets.US_ASCII));
  }

  private String format(TransportIdentity identity) throws IOException {
    StringBuilder text =
        new StringBuilder(Pem.of(Pem.PRIVATE_KEY, identity.key().getEncoded()).text());
    try {
      for (X509Certificate certificate : identity.chain()) {
        text.append(Pem.of(Pem.CERTIFICATE, certificate.getEncoded()).text());
      }
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot write " + path + ": a certificate has no encoding", e);
    }
    return text.toString();
  }

  private TransportIdentity parse(String text) throws IOException {
    try {
      List<Pem> blocks = Pem.parse(text);
      if (blocks.size() < 2 || !blocks.get(0).label().equals(Pem.PRIVATE_KEY)) {
        throw damaged("it must hold a private key and its certificates");
      }
      PrivateKey key =
          KeyFactory.getInstance("EC")
              .generatePrivate(new PKCS8EncodedKeySpec(blocks.get(0).der().toBytes()));
      List<X509Certificate> chain = new ArrayList<>();
      for (Pem block : blocks.subList(1, blocks.size())) {
        if (!block.label().equals(Pem.CERTIFICATE)) {
          throw damaged("after the key there must be certificates only");
        }
        chain.add(Certificates.parse(block.der().toBytes()));
      }
      if (!Keys.isPair(key, chain.get(0).getPublicKey())) {
        throw damaged("its key is not the one of its certificate");
      }
      return new TransportIdentity(key, chain);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw damaged("it is not a PEM file of an EC key and its certificates");
    }
  }

  private IOException damaged(String why) {
    return new IOException(
        path + " is damaged: " + why + ": restore it from a backup, or remove it and start anew");
  }
}
