package io.quicmesh.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetryTokensTest {

  private static final InetSocketAddress CLIENT = new InetSocketAddress(NetUtil.LOCALHOST4, 5000);
  private static final ByteBuf ORIGINAL_ID = Unpooled.wrappedBuffer(new byte[8]);
  private static final ByteBuf OUR_ID = Unpooled.wrappedBuffer(new byte[ConnectionIds.BYTES]);
  private static final int LIFETIME_MILLIS = 10_000;

  private final Counters counters = new Counters();
  private boolean needed = true;
  private long nowMillis = -5_000;
  private final RetryTokens tokens = new RetryTokens(() -> needed, () -> nowMillis, counters);

  @Test
  void asksForNoTokenUnlessNeeded() {
    needed = false;
    ByteBuf out = Unpooled.buffer();

    assertThat(tokens.writeToken(out, ORIGINAL_ID, CLIENT)).isFalse();
    assertThat(out.isReadable()).isFalse();
    assertThat(counters.get(Counter.RETRIES_SENT)).isZero();
  }

  @Test
  void acceptsItsTokenAndFindsTheOriginalId() {
    ByteBuf token = token();

    assertThat(isValid(token, CLIENT)).isTrue();
    int idAt = tokens.validateToken(token.duplicate(), CLIENT);
    assertThat(token.slice(idAt, token.readableBytes() - idAt)).isEqualTo(ORIGINAL_ID);
    assertThat(token.readableBytes()).isLessThanOrEqualTo(tokens.maxTokenLength());
    assertThat(counters.get(Counter.RETRIES_SENT)).isOne();
  }

  @Test
  void refusesTheTokenOfAnotherAddressOrPort() {
    ByteBuf token = token();

    assertThat(isValid(token, new InetSocketAddress(NetUtil.LOCALHOST4, 5001))).isFalse();
    assertThat(isValid(token, new InetSocketAddress(NetUtil.LOCALHOST6, 5000))).isFalse();
    assertThat(counters.get(Counter.DROPPED_TOKEN)).isEqualTo(2);
  }

  @Test
  void refusesAnOldToken() {
    ByteBuf token = token();

    nowMillis += LIFETIME_MILLIS;
    assertThat(isValid(token, CLIENT)).isTrue();
    nowMillis++;
    assertThat(isValid(token, CLIENT)).isFalse();
  }

  @Test
  void refusesATokenOfAnotherProcess() {
    RetryTokens other = new RetryTokens(() -> true, () -> nowMillis, counters);
    ByteBuf token = Unpooled.buffer();
    other.writeToken(token, ORIGINAL_ID, CLIENT);

    assertThat(isValid(token, CLIENT)).isFalse();
  }

  @Test
  void refusesEveryChangedBit() {
    ByteBuf token = token();
    for (int bit = 0; bit < token.readableBytes() * 8; bit++) {
      ByteBuf changed = token.copy();
      changed.setByte(bit / 8, changed.getByte(bit / 8) ^ 1 << bit % 8);
      assertThat(isValid(changed, CLIENT)).as("bit %d", bit).isFalse();
    }
  }

  @Test
  void refusesGarbageOfAnyLength() {
    Random random = new Random(7);
    for (int length = 0; length < 100; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      assertThat(isValid(Unpooled.wrappedBuffer(bytes), CLIENT)).isFalse();
    }
  }

  @Test
  void refusesADestinationIdThatIsNotOfOurLength() {
    ByteBuf shorter = OUR_ID.slice(0, ConnectionIds.BYTES - 1);

    assertThat(tokens.validateToken(token(), CLIENT, shorter).isValid()).isFalse();
  }

  private ByteBuf token() {
    ByteBuf token = Unpooled.buffer();
    assertThat(tokens.writeToken(token, ORIGINAL_ID, CLIENT)).isTrue();
    return token;
  }

  private boolean isValid(ByteBuf token, InetSocketAddress from) {
    return tokens.validateToken(token.duplicate(), from, OUR_ID).isValid();
  }
}
