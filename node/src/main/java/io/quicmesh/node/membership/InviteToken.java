package io.quicmesh.node.membership;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.quicmesh.node.membership.MembershipException.Kind;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * What a host needs to join a network once, in one line: who the registrar is, where its relays
 * are, and a secret of 128 bits. Immutable.
 *
 * <pre>
 *   "qm1_" base64url( network 32 | secret 16 | count u8 | count x relay | checksum 4 )
 *   relay: host length u8 | host | port u16 | fingerprint 32
 * </pre>
 *
 * <p>The checksum, the first bytes of the SHA-256 of what stands before it, tells a token that was
 * copied badly from one that the registrar refuses.
 */
public record InviteToken(Fingerprint network, Opaque secret, List<RelayAddress> relays) {

  /** The most relays of a token. */
  public static final int RELAYS_MAX = 8;

  private static final String PREFIX = "qm1_";
  private static final int SECRET_BYTES = 16;
  private static final int CHECKSUM_BYTES = 4;
  private static final int TEXT_LENGTH_MAX = 4_096;

  /** Copies the list. */
  public InviteToken {
    relays = List.copyOf(relays);
  }

  /** A token with a new secret. */
  static InviteToken create(Fingerprint network, List<RelayAddress> relays) {
    byte[] secret = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(secret);
    List<RelayAddress> first = relays.subList(0, Math.min(relays.size(), RELAYS_MAX));
    return new InviteToken(network, Opaque.of(secret), first);
  }

  /**
   * Reads a token; spaces and line ends around it do not matter.
   *
   * @throws MembershipException if it is none, or was not copied as a whole
   */
  public static InviteToken parse(String text) throws MembershipException {
    String trimmed = text.strip();
    if (!trimmed.startsWith(PREFIX) || trimmed.length() > TEXT_LENGTH_MAX) {
      throw new MembershipException(
          Kind.USAGE,
          trimmed.matches("qm[0-9]+_.*")
              ? "this token is of another version of quicmesh: use the registrar's version here"
              : "this is no token: give the line that 'quicmesh invite' printed");
    }
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(trimmed.substring(PREFIX.length()));
      int length = Math.max(0, bytes.length - CHECKSUM_BYTES);
      byte[] content = Arrays.copyOf(bytes, length);
      boolean isWhole =
          Arrays.equals(checksum(content), Arrays.copyOfRange(bytes, length, bytes.length));
      // The last character has bits that do not count, so some alterations show only here.
      if (isWhole && text(content).equals(trimmed)) {
        return read(Unpooled.wrappedBuffer(content));
      }
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      // Said below.
    }
    throw new MembershipException(
        Kind.NOT_AUTHORISED,
        "the token is damaged: copy it again, as a whole, or ask for a new one");
  }

  /** The one line. It contains the secret. */
  public String text() {
    ByteBuf out = Unpooled.buffer();
    network.write(out);
    out.writeBytes(secret.toBytes()).writeByte(relays.size());
    for (RelayAddress relay : relays) {
      byte[] host = relay.host().getBytes(StandardCharsets.US_ASCII);
      out.writeByte(host.length).writeBytes(host).writeShort(relay.port());
      relay.fingerprint().write(out);
    }
    return text(ByteBufUtil.getBytes(out));
  }

  /** The one line of this content. */
  static String text(byte[] content) {
    ByteBuf whole = Unpooled.wrappedBuffer(content, checksum(content));
    return PREFIX
        + Base64.getUrlEncoder().withoutPadding().encodeToString(ByteBufUtil.getBytes(whole));
  }

  /** What the registrar remembers of the secret. */
  Opaque secretHash() {
    return hash(secret);
  }

  static Opaque hash(Opaque secret) {
    return Opaque.of(sha256(secret.toBytes()));
  }

  private static InviteToken read(ByteBuf in) {
    Fingerprint network = Fingerprint.read(in);
    byte[] secret = new byte[SECRET_BYTES];
    in.readBytes(secret);
    int count = in.readUnsignedByte();
    List<RelayAddress> relays = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String host =
          in.readCharSequence(in.readUnsignedByte(), StandardCharsets.US_ASCII).toString();
      relays.add(new RelayAddress(host, in.readUnsignedShort(), Fingerprint.read(in)));
    }
    if (in.isReadable() || count < 1 || count > RELAYS_MAX) {
      throw new IllegalArgumentException("a token that no registrar makes");
    }
    return new InviteToken(network, Opaque.of(secret), relays);
  }

  private static byte[] checksum(byte[] content) {
    return Arrays.copyOf(sha256(content), CHECKSUM_BYTES);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java lacks SHA-256", e);
    }
  }
}
