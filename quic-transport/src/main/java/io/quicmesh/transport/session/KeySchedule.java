package io.quicmesh.transport.session;

import io.quicmesh.transport.wire.Opaque;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret of a session and what is derived from it, all by HKDF with SHA-256 (RFC 5869). A
 * generation of the secret gives the next one and cannot be had back from it. Owned by the event
 * loop.
 */
final class KeySchedule {

  static final int SECRET_BYTES = 32;
  static final int NONCE_BYTES = 32;
  static final int MAC_BYTES = 32;
  static final int SESSION_ID_BYTES = 16;
  static final int KEY_BYTES = 16;

  private static final String HMAC = "HmacSHA256";

  private static final int GENERATIONS_AHEAD_MAX = 64;

  private final Opaque sessionId;
  private final byte[] heartbeatKey;
  private byte[] secret;
  private int generation;

  /** The schedule of a new session: generation 0 of this secret (copied), which gives the id. */
  KeySchedule(byte[] secret) {
    this(
        secret,
        Opaque.of(expand(extract(new byte[0], secret), "quicmesh session id", SESSION_ID_BYTES)));
  }

  private KeySchedule(byte[] secret, Opaque sessionId) {
    this.secret = secret.clone();
    this.sessionId = sessionId;
    heartbeatKey = expand(extract(new byte[0], secret), "quicmesh heartbeat", SECRET_BYTES);
  }

  /** The schedule of the same session from a fresh secret; this one is erased. */
  KeySchedule renew(byte[] freshSecret) {
    erase();
    return new KeySchedule(freshSecret, sessionId);
  }

  /** The id of the session: equal on both sides, known to nobody who lacks the secret. */
  Opaque sessionId() {
    return sessionId;
  }

  /** The key that proves heartbeats; the same for all generations. */
  byte[] heartbeatKey() {
    return heartbeatKey;
  }

  /** Whether a generation is neither erased nor absurdly far ahead. */
  boolean isReachable(int wanted) {
    return wanted >= generation && wanted - generation <= GENERATIONS_AHEAD_MAX;
  }

  int generation() {
    return generation;
  }

  /** The key that proves RESUME messages of a generation that is not older than the current one. */
  byte[] resumeKey(int atGeneration) {
    return derive(atGeneration, new byte[0], "quicmesh resume", SECRET_BYTES);
  }

  /**
   * The record key of one direction of one epoch.
   *
   * @param nonces both sides' nonces, the initiator's first
   * @param fromInitiator the direction
   */
  byte[] recordKey(int atGeneration, byte[] nonces, boolean fromInitiator) {
    String label = fromInitiator ? "quicmesh records >" : "quicmesh records <";
    return derive(atGeneration, nonces, label, KEY_BYTES);
  }

  /** Moves on to a later generation and erases what came before it. */
  void ratchetTo(int laterGeneration) {
    byte[] next = at(laterGeneration);
    if (next != secret) {
      Arrays.fill(secret, (byte) 0);
      secret = next;
      generation = laterGeneration;
    }
  }

  /** Erases the secret; the schedule is of no use afterwards. */
  void erase() {
    Arrays.fill(secret, (byte) 0);
  }

  /** Derives from a generation, and leaves no copy of a secret that is only looked ahead to. */
  private byte[] derive(int atGeneration, byte[] salt, String label, int bytes) {
    byte[] from = at(atGeneration);
    byte[] key = expand(extract(salt, from), label, bytes);
    if (from != secret) {
      Arrays.fill(from, (byte) 0);
    }
    return key;
  }

  private byte[] at(int wanted) {
    if (wanted < generation) {
      throw new IllegalArgumentException("generation " + wanted + " is erased");
    }
    byte[] result = secret;
    for (int g = generation; g < wanted; g++) {
      byte[] next = expand(extract(new byte[0], result), "quicmesh next", SECRET_BYTES);
      if (result != secret) {
        Arrays.fill(result, (byte) 0);
      }
      result = next;
    }
    return result;
  }

  static byte[] mac(byte[] key, byte[] data) {
    return hmac(key, data);
  }

  private static byte[] extract(byte[] salt, byte[] input) {
    return hmac(salt.length == 0 ? new byte[SECRET_BYTES] : salt, input);
  }

  /** HKDF-Expand for at most one block, 32 bytes. */
  private static byte[] expand(byte[] pseudorandomKey, String label, int bytes) {
    byte[] info = label.getBytes(StandardCharsets.US_ASCII);
    byte[] block = ByteBuffer.allocate(info.length + 1).put(info).put((byte) 1).array();
    return Arrays.copyOf(hmac(pseudorandomKey, block), bytes);
  }

  private static byte[] hmac(byte[] key, byte[] data) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key, HMAC));
      return mac.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }
}
