package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.quicmesh.transport.wire.WireException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals or opens the records of one direction of one epoch with AES-GCM (RFC 5116). A numbered
 * record's nonce is its lane and number; an unnumbered one carries a counter of its own. Since
 * every attachment has fresh keys, a record that is sent again elsewhere never meets the same key
 * and nonce. Owned by the event loop.
 */
final class RecordCipher {

  static final int TAG_BYTES = 16;
  static final int COUNTER_BYTES = 8;

  private static final int NONCE_BYTES = 12;
  private static final int UNNUMBERED = 0x100;

  private final Cipher cipher;
  private final SecretKeySpec key;
  private final byte[] nonce = new byte[NONCE_BYTES];
  private final ByteBuffer nonceView = ByteBuffer.wrap(nonce);
  private final byte[] aad = new byte[RecordType.HEADER_BYTES];
  private final byte[] plain;
  private final byte[] sealed;
  private long counter;

  /**
   * A cipher for one direction.
   *
   * @param scratch two arrays shared by all ciphers of one event loop
   */
  RecordCipher(byte[] key, Scratch scratch) {
    this.key = new SecretKeySpec(key, "AES");
    this.plain = scratch.plain;
    this.sealed = scratch.sealed;
    try {
      cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES/GCM/NoPadding", e);
    }
  }

  /** Working memory of the ciphers of one event loop. */
  static final class Scratch {
    private final byte[] plain = new byte[RecordType.PAYLOAD_BYTES_MAX];
    private final byte[] sealed = new byte[RecordType.PAYLOAD_BYTES_MAX + TAG_BYTES];
  }

  /** Bytes that a sealed record has more than the plain one. */
  static int overhead(int type) {
    return RecordType.isNumbered(type) ? TAG_BYTES : TAG_BYTES + COUNTER_BYTES;
  }

  /** Appends the sealed form of a record, of which the payload is given. */
  void seal(int type, int lane, long number, ByteBuf payload, int offset, int length, ByteBuf out) {
    boolean numbered = RecordType.isNumbered(type);
    int header = RecordType.header(length + overhead(type), type);
    out.writeInt(header);
    long nonceNumber = number;
    if (!numbered) {
      nonceNumber = counter++;
      out.writeLong(nonceNumber);
    }
    payload.getBytes(offset, plain, 0, length);
    try {
      prepare(Cipher.ENCRYPT_MODE, header, numbered ? lane : lane | UNNUMBERED, nonceNumber);
      int sealedBytes = cipher.doFinal(plain, 0, length, sealed, 0);
      out.writeBytes(sealed, 0, sealedBytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing with a fresh nonce cannot fail", e);
    }
  }

  /**
   * Opens a record.
   *
   * @param payload what follows the record's header; read to its end
   * @param out receives the plain payload
   * @throws WireException if the tag does not fit: the carrier is to be closed
   */
  void open(int header, int lane, long number, ByteBuf payload, ByteBuf out) throws WireException {
    boolean numbered = RecordType.isNumbered(RecordType.type(header));
    if (payload.readableBytes() < overhead(RecordType.type(header))) {
      throw new WireException("sealed record cut short");
    }
    long nonceNumber = numbered ? number : payload.readLong();
    int length = payload.readableBytes();
    payload.readBytes(sealed, 0, length);
    try {
      prepare(Cipher.DECRYPT_MODE, header, numbered ? lane : lane | UNNUMBERED, nonceNumber);
      int plainBytes = cipher.doFinal(sealed, 0, length, plain, 0);
      out.writeBytes(plain, 0, plainBytes);
    } catch (GeneralSecurityException e) {
      throw new WireException("a sealed record does not open");
    }
  }

  private void prepare(int mode, int header, int laneTag, long number)
      throws GeneralSecurityException {
    nonceView.putInt(0, laneTag).putLong(Integer.BYTES, number);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * 8, nonce));
    aad[0] = (byte) (header >>> 24);
    aad[1] = (byte) (header >>> 16);
    aad[2] = (byte) (header >>> 8);
    aad[3] = (byte) header;
    cipher.updateAAD(aad);
  }
}
