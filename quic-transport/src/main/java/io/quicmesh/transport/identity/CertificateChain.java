package io.quicmesh.transport.identity;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.quicmesh.transport.wire.WireException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * Bytes of a certificate chain, leaf first: {@code count u8 | count x (length u16 | DER)}. For a
 * member that shows its next certificate on a connection that goes on.
 */
public final class CertificateChain {

  private static final int CERTIFICATES_MAX = 2;
  private static final int DER_BYTES_MAX = 4_096;

  private CertificateChain() {}

  /** The bytes of a chain. */
  public static byte[] encode(List<X509Certificate> chain) {
    ByteBuf out = Unpooled.buffer().writeByte(chain.size());
    try {
      for (X509Certificate certificate : chain) {
        byte[] der = certificate.getEncoded();
        out.writeShort(der.length).writeBytes(der);
      }
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("a certificate without an encoding", e);
    }
    return ByteBufUtil.getBytes(out);
  }

  /**
   * The chain of these bytes; nothing of it is verified.
   *
   * @throws WireException if they are none
   */
  public static List<X509Certificate> decode(byte[] bytes) throws WireException {
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    try {
      int count = in.readUnsignedByte();
      if (count > CERTIFICATES_MAX) {
        throw new WireException("a chain of " + count + " certificates");
      }
      List<X509Certificate> chain = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        int length = in.readUnsignedShort();
        if (length > DER_BYTES_MAX) {
          throw new WireException("a certificate of " + length + " bytes");
        }
        chain.add(Certificates.parse(ByteBufUtil.getBytes(in.readSlice(length))));
      }
      return chain;
    } catch (IndexOutOfBoundsException e) {
      throw new WireException("certificate chain cut short");
    } catch (CertificateException e) {
      throw new WireException("a chain with something that is no certificate");
    }
  }
}
