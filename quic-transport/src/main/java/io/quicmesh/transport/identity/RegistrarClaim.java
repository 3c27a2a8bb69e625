package io.quicmesh.transport.identity;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.WireException;

/**
 * What a network's CA says to relays: this node, in this run of it, is the registrar. A node that
 * does not hold the CA's key cannot make one, and one that was overheard is worth nothing to
 * another node or in another run. Immutable.
 *
 * @param node the registrar's node id
 * @param bootId the node's random number for this run
 */
public record RegistrarClaim(Fingerprint network, Fingerprint node, long bootId) {

  private static final String KIND = "registrar claim";

  /**
   * Signs this claim.
   *
   * @throws IllegalArgumentException if the authority is another network's
   */
  public byte[] sign(CertificateAuthority authority) {
    if (!authority.network().equals(network)) {
      throw new IllegalArgumentException("a claim about another network");
    }
    ByteBuf out = Unpooled.buffer();
    node.write(out);
    out.writeLong(bootId);
    return SignedDocument.sign(authority, KIND, ByteBufUtil.getBytes(out));
  }

  /**
   * Reads a claim that this network's CA has signed.
   *
   * @throws WireException if it is anything else
   */
  public static RegistrarClaim open(byte[] signed, Fingerprint network) throws WireException {
    ByteBuf in = SignedDocument.open(signed, KIND, network);
    try {
      return new RegistrarClaim(network, Fingerprint.read(in), in.readLong());
    } catch (IndexOutOfBoundsException e) {
      throw new WireException(KIND + " cut short");
    }
  }
}
