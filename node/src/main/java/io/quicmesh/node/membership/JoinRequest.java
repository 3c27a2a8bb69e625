package io.quicmesh.node.membership;

import io.quicmesh.transport.identity.Keys;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What a host asks the registrar for, as one message of a secure channel in which the host has
 * proven its key. {@code version}, {@code request} and {@code key} (the host's public key) are
 * always there; private keys never are.
 */
sealed interface JoinRequest {

  /** The version of requests and answers. */
  int VERSION = 1;

  /** The public key that the channel was made with. */
  PublicKey key();

  /** Becomes a member by the secret of an invitation. */
  record Join(PublicKey key, Opaque secret) implements JoinRequest {}

  /** Asks for the next certificate. */
  record Renew(PublicKey key) implements JoinRequest {}

  /**
   * Replaces the key.
   *
   * @param proof the new key's signature of {@link #rotation}
   */
  record Rotate(PublicKey key, PublicKey newKey, Opaque proof) implements JoinRequest {

    static Rotate sign(PublicKey key, PublicKey newKey, PrivateKey newPrivateKey) {
      return new Rotate(key, newKey, Opaque.of(Keys.sign(newPrivateKey, rotation(key))));
    }

    /** Whether whoever asks holds the new key as well. */
    boolean isProven() {
      return Keys.verify(newKey, rotation(key), proof.toBytes());
    }

    private static byte[] rotation(PublicKey key) {
      Fingerprint old = Keys.fingerprint(key);
      return ("quicmesh key rotation of " + old).getBytes(StandardCharsets.US_ASCII);
    }
  }

  /** The bytes of the message. */
  default byte[] encode() {
    if (this instanceof Join join) {
      return Json.write(
          new Document(VERSION, "join", base64(key()), base64(join.secret), null, null));
    }
    if (this instanceof Rotate rotate) {
      return Json.write(
          new Document(
              VERSION, "rotate", base64(key()), null, base64(rotate.newKey), base64(rotate.proof)));
    }
    return Json.write(new Document(VERSION, "renew", base64(key()), null, null, null));
  }

  /**
   * Reads a message.
   *
   * @throws IOException if it is no request of this version
   */
  static JoinRequest decode(byte[] message) throws IOException {
    Document document = Json.read(message, Document.class);
    try {
      if (document.version != VERSION || document.key == null || document.request == null) {
        throw new IOException("a request of another version");
      }
      PublicKey key = publicKey(document.key);
      return switch (document.request) {
        case "join" -> new Join(key, opaque(document.secret));
        case "renew" -> new Renew(key);
        case "rotate" -> new Rotate(key, publicKey(document.newKey), opaque(document.proof));
        default -> throw new IOException("an unknown request");
      };
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw new IOException("a request with a malformed part");
    }
  }

  /** The JSON form; keys and bytes in base64. */
  record Document(
      int version,
      @Nullable String request,
      @Nullable String key,
      @Nullable String secret,
      @Nullable String newKey,
      @Nullable String proof) {}

  private static String base64(PublicKey key) {
    return Base64.getEncoder().encodeToString(key.getEncoded());
  }

  private static String base64(Opaque bytes) {
    return Base64.getEncoder().encodeToString(bytes.toBytes());
  }

  private static Opaque opaque(@Nullable String text) {
    if (text == null) {
      throw new IllegalArgumentException("missing");
    }
    return Opaque.of(Base64.getDecoder().decode(text));
  }

  private static PublicKey publicKey(@Nullable String text) throws GeneralSecurityException {
    PublicKey key =
        KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(opaque(text).toBytes()));
    if (!Keys.isP256(key)) {
      throw new IllegalArgumentException("not a P-256 key");
    }
    return key;
  }
}
