package io.quicmesh.transport.quic;

import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts the handshakes that strangers have under way and says which Initial packets may begin
 * another one. Owned by the event loop.
 */
final class Handshakes {

  /** Why an Initial packet may not begin a handshake. */
  enum Verdict {
    ADMITTED,
    FULL,
    SOURCE_FULL
  }

  /** One handshake under way; ends once. */
  final class Handshake {
    private final long source;
    private final byte[] firstId;
    private final byte @Nullable [] replacedId;
    private final byte[] chosenId;
    private boolean ended;

    private Handshake(long source, byte[] firstId, byte @Nullable [] replacedId, byte[] chosenId) {
      this.source = source;
      this.firstId = firstId;
      this.replacedId = replacedId;
      this.chosenId = chosenId;
    }

    /** The destination id of the Initial packet that began it. */
    byte[] firstId() {
      return firstId;
    }

    /** The destination id of the client's Initial before a Retry; null if there was none. */
    byte @Nullable [] replacedId() {
      return replacedId;
    }

    void end() {
      if (!ended) {
        ended = true;
        remove(this);
      }
    }
  }

  private final HandshakeLimits limits;
  private final IdSet ids = new IdSet();
  private final Map<Long, Integer> bySource = new HashMap<>();
  private int inFlight;
  private byte[] presentedId = {};
  private byte @Nullable [] replacedId;

  Handshakes(HandshakeLimits limits) {
    this.limits = limits;
  }

  /**
   * Judges an Initial packet: those of handshakes under way always pass. Remembers its destination
   * id for {@link #begin}, which the codec causes while it reads that packet.
   */
  Verdict judge(InetSocketAddress source, ByteBuf packet, int idIndex, int idLength) {
    if (ids.contains(packet, idIndex, idLength)) {
      return Verdict.ADMITTED;
    }
    if (inFlight >= limits.inFlightMax()) {
      return Verdict.FULL;
    }
    if (bySource.getOrDefault(sourceKey(source), 0) >= limits.perSourceMax()) {
      return Verdict.SOURCE_FULL;
    }
    replacedId = null;
    presentedId = new byte[idLength];
    packet.getBytes(idIndex, presentedId);
    return Verdict.ADMITTED;
  }

  /** The Initial that was judged last bears a good token, of a Retry that replaced this id. */
  void tokenReturned(byte[] id) {
    replacedId = id;
  }

  /** A connection state exists now for the Initial that was judged last. */
  Handshake begin(InetSocketAddress source, byte[] chosenId) {
    Handshake handshake = new Handshake(sourceKey(source), presentedId, replacedId, chosenId);
    inFlight++;
    bySource.merge(handshake.source, 1, Integer::sum);
    ids.add(handshake.firstId);
    ids.add(handshake.chosenId);
    return handshake;
  }

  private void remove(Handshake handshake) {
    inFlight--;
    bySource.computeIfPresent(handshake.source, (key, count) -> count == 1 ? null : count - 1);
    ids.remove(handshake.firstId);
    ids.remove(handshake.chosenId);
  }

  /** Whether new sources must first prove their address. */
  boolean needTokens() {
    return inFlight > limits.retryAbove();
  }

  int inFlight() {
    return inFlight;
  }

  /** One IPv4 address, or one IPv6 /64, as a number; multicast prefixes mark the former. */
  private static long sourceKey(InetSocketAddress source) {
    InetAddress address = source.getAddress();
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    return bytes.remaining() == Integer.BYTES
        ? 0xffffL << 48 | (bytes.getInt() & 0xffffffffL)
        : bytes.getLong();
  }
}
