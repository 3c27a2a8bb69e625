package io.quicmesh.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.quic.QuicTokenHandler;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tokens of Retry packets (RFC 9000, section 8.1.2): they prove that a client gets what is sent to
 * its address, before any state is kept for it. Asked for while many handshakes are in flight;
 * always checked when they come. Owned by the event loop.
 *
 * <pre>
 *   time in ms u64 | HMAC-SHA-256 over time, address, port, original id: 32 | original id 0..20
 * </pre>
 */
final class RetryTokens implements QuicTokenHandler {

  private static final int MAC_BYTES = 32;
  private static final int PREFIX_BYTES = Long.BYTES + MAC_BYTES;
  private static final int ID_BYTES_MAX = 20;
  private static final long LIFETIME_MILLIS = Duration.ofSeconds(10).toMillis();
  private static final String ALGORITHM = "HmacSHA256";

  private final BooleanSupplier needed;
  private final LongSupplier clockMillis;
  private final Counters counters;
  private final Mac mac;
  private Consumer<byte[]> returned = id -> {};

  /**
   * Tokens under a key of this process.
   *
   * @param needed whether clients without a token are sent away to fetch one
   * @param clockMillis a clock that does not go back
   */
  RetryTokens(BooleanSupplier needed, LongSupplier clockMillis, Counters counters) {
    this.needed = needed;
    this.clockMillis = clockMillis;
    this.counters = counters;
    byte[] key = new byte[MAC_BYTES];
    new SecureRandom().nextBytes(key);
    try {
      mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java lacks " + ALGORITHM, e);
    }
  }

  /** Sets who hears of the original id of each good token that comes back. */
  void setListener(Consumer<byte[]> listener) {
    returned = listener;
  }

  @Override
  public boolean writeToken(ByteBuf out, ByteBuf dcid, InetSocketAddress address) {
    if (!needed.getAsBoolean()) {
      return false;
    }
    byte[] id = new byte[dcid.readableBytes()];
    dcid.getBytes(dcid.readerIndex(), id);
    long now = clockMillis.getAsLong();
    out.writeLong(now).writeBytes(tag(now, address, id)).writeBytes(id);
    counters.add(Counter.RETRIES_SENT);
    return true;
  }

  /** The codec keeps using the destination id of the packet, so it must be one of our length. */
  @Override
  public TokenValidationResult validateToken(ByteBuf token, InetSocketAddress address, ByteBuf id) {
    if (id.readableBytes() != ConnectionIds.BYTES || validateToken(token.slice(), address) < 0) {
      counters.add(Counter.DROPPED_TOKEN);
      return TokenValidationResult.invalidToken();
    }
    byte[] original = new byte[token.readableBytes() - PREFIX_BYTES];
    token.getBytes(token.readerIndex() + PREFIX_BYTES, original);
    returned.accept(original);
    return TokenValidationResult.odcidFromToken(PREFIX_BYTES);
  }

  @Override
  public int validateToken(ByteBuf token, InetSocketAddress address) {
    int idBytes = token.readableBytes() - PREFIX_BYTES;
    if (idBytes < 0 || idBytes > ID_BYTES_MAX) {
      return -1;
    }
    long made = token.readLong();
    byte[] theirs = new byte[MAC_BYTES];
    byte[] id = new byte[idBytes];
    token.readBytes(theirs).readBytes(id);
    long age = clockMillis.getAsLong() - made;
    boolean ours = MessageDigest.isEqual(theirs, tag(made, address, id));
    return ours && age >= 0 && age <= LIFETIME_MILLIS ? PREFIX_BYTES : -1;
  }

  @Override
  public int maxTokenLength() {
    return PREFIX_BYTES + ID_BYTES_MAX;
  }

  private byte[] tag(long made, InetSocketAddress address, byte[] id) {
    mac.update(ByteBuffer.allocate(Long.BYTES).putLong(0, made));
    mac.update(address.getAddress().getAddress());
    mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, address.getPort()));
    return mac.doFinal(id);
  }
}
