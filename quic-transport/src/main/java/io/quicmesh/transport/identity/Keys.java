package io.quicmesh.transport.identity;

import io.quicmesh.transport.wire.Fingerprint;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * ECDSA keys on the curve P-256 (FIPS 186-5), the only kind that quicmesh uses, by the JDK's own
 * provider.
 */
public final class Keys {

  /** The signature algorithm of every certificate and every signed document. */
  public static final String SIGNATURE_ALGORITHM = "SHA256withECDSA";

  private static final int SPKI_BYTES = 91;

  /** The encoding of a P-256 key up to its point, which is uncompressed (RFC 5480). */
  private static final byte[] SPKI_PREFIX =
      HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d030107034200" + "04");

  private Keys() {}

  /** A new key pair. */
  public static KeyPair generate() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java lacks P-256", e);
    }
  }

  /** SHA-256 of the key's SubjectPublicKeyInfo. */
  public static Fingerprint fingerprint(PublicKey key) {
    return Fingerprint.of(sha256(key.getEncoded()));
  }

  /** Whether this is a P-256 key in its one canonical encoding. */
  public static boolean isP256(PublicKey key) {
    byte[] spki = key.getEncoded();
    return spki != null
        && spki.length == SPKI_BYTES
        && Arrays.equals(spki, 0, SPKI_PREFIX.length, SPKI_PREFIX, 0, SPKI_PREFIX.length);
  }

  /** Whether the two keys are one pair. */
  public static boolean isPair(PrivateKey privateKey, PublicKey publicKey) {
    byte[] probe = {1};
    try {
      return verify(publicKey, probe, sign(privateKey, probe));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * Signs a message.
   *
   * @return the signature, DER-encoded, up to 72 bytes
   * @throws IllegalArgumentException if the key is not an ECDSA key
   */
  public static byte[] sign(PrivateKey key, byte[] message) {
    try {
      Signature signature = Signature.getInstance(SIGNATURE_ALGORITHM);
      signature.initSign(key);
      signature.update(message);
      return signature.sign();
    } catch (InvalidKeyException e) {
      throw new IllegalArgumentException("not an ECDSA key");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java lacks " + SIGNATURE_ALGORITHM, e);
    }
  }

  /** Whether the signature of this message is by this key; false as well for malformed ones. */
  public static boolean verify(PublicKey key, byte[] message, byte[] signatureBytes) {
    try {
      Signature signature = Signature.getInstance(SIGNATURE_ALGORITHM);
      signature.initVerify(key);
      signature.update(message);
      return signature.verify(signatureBytes);
    } catch (InvalidKeyException | SignatureException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java lacks " + SIGNATURE_ALGORITHM, e);
    }
  }

  /** SHA-256. */
  public static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java lacks SHA-256", e);
    }
  }
}
