package io.quicmesh.lab.stranger;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The Initial packet of a client that says nothing but PING (RFC 9001, section 5.2). A server
 * begins a connection for it, and nobody completes that.
 */
final class InitialPacket {

  private static final int BYTES = 1200;
  private static final int VERSION_1 = 1;
  private static final int FIRST_BYTE = 0xc3;
  private static final int NUMBER_BYTES = 4;
  private static final int TAG_BYTES = 16;
  private static final int SAMPLE_BYTES = 16;
  private static final int TWO_BYTE_VARINT = 0x4000;
  private static final int PING = 1;

  /**
   * What long headers have after their first byte. The arrays are not copied.
   *
   * @param destinationId 0 to 20 bytes
   * @param sourceId 0 to 20 bytes
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Header(byte[] destinationId, byte[] sourceId) {

    /**
     * Writes it, without a token, as of a packet that fills its datagram.
     *
     * @return where the packet's number begins
     */
    int write(byte[] packet, boolean initial) {
      ByteBuffer out = ByteBuffer.wrap(packet).position(1);
      out.putInt(VERSION_1);
      out.put((byte) destinationId.length).put(destinationId);
      out.put((byte) sourceId.length).put(sourceId);
      if (initial) {
        out.put((byte) 0);
      }
      out.putShort((short) (TWO_BYTE_VARINT | (out.remaining() - Short.BYTES)));
      return out.position();
    }
  }

  private InitialPacket() {}

  /** A datagram with packet number 0 and room for nothing else. */
  static byte[] ping(Header header) {
    byte[] packet = new byte[BYTES];
    packet[0] = (byte) FIRST_BYTE;
    int number = header.write(packet, true);
    int payload = number + NUMBER_BYTES;
    packet[payload] = PING;
    try {
      Keys keys = Keys.of(header.destinationId);
      Cipher aead = Cipher.getInstance("AES/GCM/NoPadding");
      aead.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(keys.key, "AES"),
          new GCMParameterSpec(TAG_BYTES * Byte.SIZE, keys.iv));
      aead.updateAAD(packet, 0, payload);
      byte[] plain = Arrays.copyOfRange(packet, payload, BYTES - TAG_BYTES);
      aead.doFinal(plain, 0, plain.length, packet, payload);
      protect(packet, number, keys.headerKey);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES", e);
    }
    return packet;
  }

  private static void protect(byte[] packet, int number, byte[] headerKey)
      throws GeneralSecurityException {
    Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
    aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(headerKey, "AES"));
    byte[] mask = aes.doFinal(packet, number + NUMBER_BYTES, SAMPLE_BYTES);
    packet[0] ^= (byte) (mask[0] & 0x0f);
    for (int i = 0; i < NUMBER_BYTES; i++) {
      packet[number + i] ^= mask[1 + i];
    }
  }

  /** The client's keys, which follow from the destination id. */
  @SuppressWarnings("ArrayRecordComponent")
  record Keys(byte[] key, byte[] iv, byte[] headerKey) {

    private static final byte[] SALT =
        HexFormat.of().parseHex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a");

    static Keys of(byte[] destinationId) throws GeneralSecurityException {
      byte[] client = expand(hmac(SALT, destinationId), "client in", 32);
      return new Keys(
          expand(client, "quic key", 16),
          expand(client, "quic iv", 12),
          expand(client, "quic hp", 16));
    }

    /** HKDF-Expand-Label (RFC 8446, section 7.1) of at most one block, without a context. */
    private static byte[] expand(byte[] secret, String label, int bytes)
        throws GeneralSecurityException {
      byte[] name = ("tls13 " + label).getBytes(US_ASCII);
      ByteBuffer info = ByteBuffer.allocate(Short.BYTES + 1 + name.length + 2);
      info.putShort((short) bytes).put((byte) name.length).put(name).put((byte) 0).put((byte) 1);
      return Arrays.copyOf(hmac(secret, info.array()), bytes);
    }

    private static byte[] hmac(byte[] key, byte[] input) throws GeneralSecurityException {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(input);
    }
  }
}
