package io.quicmesh.transport.identity;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.WireException;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;

/**
 * The keys that a network's CA no longer accepts, whatever certificates they have. Of two lists of
 * a network the one with the higher number holds. A key leaves the list when every certificate that
 * it ever had has expired. Immutable.
 *
 * @param network the network whose CA says so
 * @param number grows with every list of the network
 * @param issued when the list was signed
 * @param keys fingerprints of the revoked keys
 */
public record RevocationList(
    Fingerprint network, long number, Instant issued, Set<Fingerprint> keys) {

  /** The most keys of a list, so that it fits into one control message. */
  public static final int KEYS_MAX = 2_000;

  private static final String KIND = "revocation list";

  /** Copies the set. */
  public RevocationList {
    keys = Set.copyOf(keys);
  }

  /**
   * Signs this list.
   *
   * @throws IllegalArgumentException if it has more than {@link #KEYS_MAX} keys
   */
  public byte[] sign(CertificateAuthority authority) {
    if (!authority.network().equals(network) || keys.size() > KEYS_MAX) {
      throw new IllegalArgumentException("a list of another network, or of too many keys");
    }
    ByteBuf out = Unpooled.buffer();
    network.write(out);
    out.writeLong(number).writeLong(issued.getEpochSecond()).writeShort(keys.size());
    new TreeSet<>(keys).forEach(key -> key.write(out));
    return SignedDocument.sign(authority, KIND, ByteBufUtil.getBytes(out));
  }

  /**
   * Reads a list that this network's CA has signed.
   *
   * @throws WireException if it is anything else
   */
  public static RevocationList open(byte[] signed, Fingerprint network) throws WireException {
    return read(SignedDocument.open(signed, KIND, network), network);
  }

  static RevocationList read(ByteBuf in, Fingerprint network) throws WireException {
    try {
      Fingerprint listed = Fingerprint.read(in);
      long number = in.readLong();
      Instant issued = MembershipRecord.readTime(in);
      int count = in.readUnsignedShort();
      if (!listed.equals(network) || number < 0 || count > KEYS_MAX) {
        throw new WireException("a revocation list that is none of this network");
      }
      Set<Fingerprint> keys = new TreeSet<>();
      for (int i = 0; i < count; i++) {
        keys.add(Fingerprint.read(in));
      }
      return new RevocationList(network, number, issued, keys);
    } catch (IndexOutOfBoundsException e) {
      throw new WireException("revocation list cut short");
    }
  }
}
