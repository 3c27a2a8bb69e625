package io.quicmesh.transport.identity;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.MemberName;
import io.quicmesh.transport.wire.OverlayAddress;
import io.quicmesh.transport.wire.WireException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * What a network's CA says about a member to the other members: its name and overlay address, for a
 * time. It is shown inside sessions only, so that relays never learn it. Immutable.
 *
 * @param node the member's node id
 * @param network the network that it is a member of
 * @param name its name, unique in the network at a time
 * @param address its overlay address
 * @param validity when this holds, and which of several records is the newest
 */
public record MembershipRecord(
    Fingerprint node, Fingerprint network, String name, OverlayAddress address, Term validity) {

  /** The longest encoding, in bytes. */
  public static final int BYTES_MAX = 512;

  private static final String KIND = "membership record";
  private static final long SECONDS_MAX = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

  /**
   * For how long a record holds.
   *
   * @param serial grows with everything that the CA issues
   */
  public record Term(Instant notBefore, Instant notAfter, long serial) {}

  /** Signs this record. */
  public byte[] sign(CertificateAuthority authority) {
    if (!authority.network().equals(network) || !MemberName.isValid(name)) {
      throw new IllegalArgumentException("a record of another network, or of a nameless node");
    }
    ByteBuf out = Unpooled.buffer();
    node.write(out);
    network.write(out);
    byte[] text = name.getBytes(StandardCharsets.US_ASCII);
    out.writeByte(text.length).writeBytes(text);
    address.write(out);
    out.writeLong(validity.notBefore.getEpochSecond());
    out.writeLong(validity.notAfter.getEpochSecond());
    out.writeLong(validity.serial);
    return SignedDocument.sign(authority, KIND, ByteBufUtil.getBytes(out));
  }

  /**
   * Reads a record that this network's CA has signed. The caller checks that it is about the right
   * node and valid now; see {@link #check}.
   *
   * @throws WireException if it is anything else
   */
  public static MembershipRecord open(byte[] signed, Fingerprint network) throws WireException {
    if (signed.length > BYTES_MAX) {
      throw new WireException("a membership record of " + signed.length + " bytes");
    }
    return read(SignedDocument.open(signed, KIND, network), network);
  }

  static MembershipRecord read(ByteBuf in, Fingerprint network) throws WireException {
    try {
      Fingerprint node = Fingerprint.read(in);
      Fingerprint recordNetwork = Fingerprint.read(in);
      String name = readName(in);
      OverlayAddress address = OverlayAddress.read(in);
      Term validity = new Term(readTime(in), readTime(in), in.readLong());
      if (!recordNetwork.equals(network)) {
        throw new WireException("a membership record of another network");
      }
      return new MembershipRecord(node, network, name, address, validity);
    } catch (IndexOutOfBoundsException e) {
      throw new WireException("membership record cut short");
    }
  }

  /**
   * Checks that this record is about the verified peer and valid now.
   *
   * @throws PeerRefusedException if not, or if one of the two clocks is wrong
   */
  public void check(VerifiedPeer peer, Instant now) throws PeerRefusedException {
    if (!node.equals(peer.key()) || !network.equals(peer.network())) {
      throw new PeerRefusedException(
          CloseCode.WRONG_PEER,
          "node " + peer.key().shortText() + " showed the membership record of another node");
    }
    new Validity(validity.notBefore, validity.notAfter).check("membership record", node, now);
  }

  private static String readName(ByteBuf in) throws WireException {
    int length = in.readUnsignedByte();
    if (length > MemberName.LENGTH_MAX) {
      throw new WireException("a name of " + length + " bytes");
    }
    String name = in.readCharSequence(length, StandardCharsets.US_ASCII).toString();
    if (!MemberName.isValid(name)) {
      throw new WireException("a name that is none");
    }
    return name;
  }

  static Instant readTime(ByteBuf in) throws WireException {
    long seconds = in.readLong();
    if (seconds < 0 || seconds > SECONDS_MAX) {
      throw new WireException("a time that is none");
    }
    return Instant.ofEpochSecond(seconds);
  }
}
