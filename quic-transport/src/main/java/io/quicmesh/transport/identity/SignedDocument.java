package io.quicmesh.transport.identity;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.WireException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;

/**
 * The envelope of what a network's CA signs beside certificates. It carries the CA's public key, so
 * whoever knows the network id can check it with nothing else.
 *
 * <pre>
 *   version u8 = 1 | CA's key (SPKI) 91 | body length u16 | body | signature length u8 | signature
 * </pre>
 *
 * <p>The signature covers the kind of document as text, a zero byte, and everything before it.
 */
final class SignedDocument {

  private static final int VERSION = 1;
  private static final int SPKI_BYTES = 91;
  private static final int BODY_BYTES_MAX = 0xffff;
  private static final int SIGNATURE_BYTES_MAX = 72;

  private SignedDocument() {}

  static byte[] sign(CertificateAuthority authority, String kind, byte[] body) {
    if (body.length > BODY_BYTES_MAX) {
      throw new IllegalArgumentException(kind + " of " + body.length + " bytes");
    }
    ByteBuf out = Unpooled.buffer();
    out.writeByte(VERSION).writeBytes(authority.certificate().getPublicKey().getEncoded());
    out.writeShort(body.length).writeBytes(body);
    byte[] signature = authority.sign(signedBytes(kind, out.slice()));
    out.writeByte(signature.length).writeBytes(signature);
    return ByteBufUtil.getBytes(out);
  }

  /**
   * Checks a document of this network and gives its body.
   *
   * @throws WireException if it is malformed, of another network, or not signed by its CA
   */
  static ByteBuf open(byte[] document, String kind, Fingerprint network) throws WireException {
    ByteBuf in = Unpooled.wrappedBuffer(document);
    try {
      if (in.readUnsignedByte() != VERSION) {
        throw new WireException(kind + " of an unknown version");
      }
      byte[] spki = new byte[SPKI_BYTES];
      in.readBytes(spki);
      ByteBuf body = in.readSlice(in.readUnsignedShort());
      ByteBuf signed = in.slice(0, in.readerIndex());
      byte[] signature = new byte[in.readUnsignedByte()];
      in.readBytes(signature);
      if (in.isReadable() || signature.length > SIGNATURE_BYTES_MAX) {
        throw new WireException(kind + " with bytes that do not belong to it");
      }
      if (!Fingerprint.of(Keys.sha256(spki)).equals(network)) {
        throw new WireException(kind + " of another network");
      }
      if (!Keys.verify(publicKey(kind, spki), signedBytes(kind, signed), signature)) {
        throw new WireException(kind + " that the network's CA did not sign");
      }
      return body;
    } catch (IndexOutOfBoundsException e) {
      throw new WireException(kind + " cut short");
    }
  }

  private static PublicKey publicKey(String kind, byte[] spki) throws WireException {
    try {
      PublicKey key = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(spki));
      if (Keys.isP256(key)) {
        return key;
      }
    } catch (GeneralSecurityException e) {
      throw new WireException(kind + " whose key is none");
    }
    throw new WireException(kind + " whose key is not P-256");
  }

  private static byte[] signedBytes(String kind, ByteBuf content) {
    ByteBuf all = Unpooled.buffer();
    all.writeBytes(("quicmesh " + kind).getBytes(StandardCharsets.US_ASCII)).writeByte(0);
    all.writeBytes(content);
    return ByteBufUtil.getBytes(all);
  }
}
