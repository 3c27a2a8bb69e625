package io.quicmesh.relay.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.stream.SendStream;
import io.quicmesh.transport.wire.CloseCode;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StreamSpliceTest {

  private static final long MILLIS = TimeUnit.MILLISECONDS.toNanos(1);

  private long nowNanos = 3;
  private final Meters meters = new Meters(new RelayLimits.Rates(0, 0, 1_000));
  private final Meter sender = meters.acquire(Board.NETWORK, Board.fingerprint(1), nowNanos);
  private final Meter receiver = meters.acquire(Board.NETWORK, Board.fingerprint(2), nowNanos);
  private final FakeReceiveStream in = new FakeReceiveStream();

  private StreamSplice splice(FakeSendStream out, long bytesMax) {
    return splice(in, out, new StreamSplice.Meters(sender, receiver), bytesMax);
  }

  private StreamSplice splice(
      FakeReceiveStream from, FakeSendStream out, StreamSplice.Meters both, long bytesMax) {
    StreamSplice splice = new StreamSplice(from, out, both, bytesMax);
    out.setListener(
        new SendStream.Listener() {
          @Override
          public void writable() {
            splice.handleWritable(nowNanos);
          }

          @Override
          public void closed(String cause) {
            splice.handleSendClosed();
          }
        });
    from.setListener(
        new ReceiveStream.Listener() {
          @Override
          public void read(ByteBuf data) {
            splice.handleRead(data, nowNanos);
          }

          @Override
          public void finished() {
            splice.handleFinished();
          }

          @Override
          public void closed(String cause) {
            splice.handleReceiveClosed();
          }
        });
    from.pause();
    splice.start(nowNanos);
    return splice;
  }

  @Test
  void copiesWithOneWriteARead() {
    FakeSendStream out = new FakeSendStream(1_000);
    StreamSplice splice = splice(out, Long.MAX_VALUE);

    in.arrive(new byte[] {1, 2, 3});
    in.arrive(new byte[] {4});
    in.finish();

    assertThat(out.taken()).containsExactly(1, 2, 3, 4);
    assertThat(out.writes).isEqualTo(2);
    assertThat(out.finished).isTrue();
    assertThat(splice.isEnded()).isTrue();
    assertThat(sender.receivedBytes()).isEqualTo(4);
    assertThat(receiver.sentBytes()).isEqualTo(4);
  }

  @Test
  void stopsReadingWhileTheReceiverTakesNothing() {
    FakeSendStream out = new FakeSendStream(2);
    StreamSplice splice = splice(out, Long.MAX_VALUE);

    in.arrive(new byte[] {1, 2, 3, 4});
    assertThat(in.paused).isTrue();
    assertThat(receiver.pendingBytes()).isEqualTo(2);
    in.arrive(new byte[] {5});
    out.open(10);

    assertThat(in.paused).isFalse();
    assertThat(out.taken()).containsExactly(1, 2, 3, 4, 5);
    assertThat(receiver.pendingBytes()).isZero();
    assertThat(splice.isEnded()).isFalse();
  }

  @Test
  void doesNotBeginToReadForAReceiverThatTakesNothing() {
    splice(new FakeSendStream(0), Long.MAX_VALUE);

    assertThat(in.paused).isTrue();
  }

  @Test
  void isNotOverBeforeTheReceiverTookEverything() {
    FakeSendStream out = new FakeSendStream(1);
    StreamSplice splice = splice(out, Long.MAX_VALUE);
    in.arrive(new byte[] {1, 2});
    in.resume();
    in.finish();
    assertThat(splice.isEnded()).isFalse();

    out.open(10);

    assertThat(splice.isEnded()).isTrue();
    assertThat(out.taken()).containsExactly(1, 2);
  }

  @Test
  void passesOnAReset() {
    FakeSendStream out = new FakeSendStream(10);
    StreamSplice splice = splice(out, Long.MAX_VALUE);

    in.fail();

    assertThat(out.resetWith).isEqualTo(CloseCode.NONE.code());
    assertThat(splice.isEnded()).isTrue();
  }

  @Test
  void passesOnAStop() {
    FakeSendStream out = new FakeSendStream(10);
    StreamSplice splice = splice(out, Long.MAX_VALUE);

    out.fail();

    assertThat(in.stoppedWith).isEqualTo(CloseCode.NONE.code());
    assertThat(splice.isEnded()).isTrue();
  }

  @Test
  void endsBothSidesWhenItsBytesAreUsedUp() {
    FakeSendStream out = new FakeSendStream(100);
    StreamSplice splice = splice(out, 4);

    in.arrive(new byte[4]);
    assertThat(splice.isEnded()).isFalse();
    in.arrive(new byte[1]);

    assertThat(splice.isEnded()).isTrue();
    assertThat(in.stoppedWith).isEqualTo(CloseCode.QUOTA.code());
    assertThat(out.resetWith).isEqualTo(CloseCode.QUOTA.code());
    assertThat(splice.bytes()).isEqualTo(4);
    assertThat(splice.refusal()).isEqualTo(Refusal.JOIN_BYTES);
  }

  @Test
  void endsWhenTooMuchWaitsForOneReceiver() {
    FakeSendStream out = new FakeSendStream(1);
    StreamSplice splice = splice(out, Long.MAX_VALUE);

    in.arrive(new byte[1_500]);

    assertThat(splice.isEnded()).isTrue();
    assertThat(out.resetWith).isEqualTo(CloseCode.QUOTA.code());
    assertThat(splice.refusal()).isEqualTo(Refusal.PENDING_BYTES);
    assertThat(receiver.pendingBytes()).isZero();
  }

  @Test
  void keepsANodeToItsRateAndLeavesOthersAlone() {
    long rate = 1_000_000;
    Meters limited = new Meters(new RelayLimits.Rates(rate, 0, 10 << 20));
    Meter fast = limited.acquire(Board.NETWORK, Board.fingerprint(1), nowNanos);
    Meter other = limited.acquire(Board.NETWORK, Board.fingerprint(2), nowNanos);
    FakeReceiveStream otherIn = new FakeReceiveStream();
    StreamSplice flood =
        splice(
            in,
            new FakeSendStream(Long.MAX_VALUE / 2),
            new StreamSplice.Meters(fast, other),
            Long.MAX_VALUE);
    StreamSplice trickle =
        splice(
            otherIn,
            new FakeSendStream(Long.MAX_VALUE / 2),
            new StreamSplice.Meters(other, fast),
            Long.MAX_VALUE);
    long begin = nowNanos;

    for (int i = 0; i < 2_000; i++) {
      in.arrive(new byte[10_000]);
      otherIn.arrive(new byte[10]);
      nowNanos += MILLIS;
      if (limited.nextDeadlineNanos() - nowNanos <= 0) {
        limited.handleDeadline(nowNanos);
      }
    }

    long seconds = TimeUnit.NANOSECONDS.toSeconds(nowNanos - begin);
    assertThat(flood.bytes()).isBetween(rate * seconds, rate * seconds + rate / 2);
    assertThat(trickle.bytes()).isEqualTo(20_000);
    assertThat(limited.hits()).isPositive();
  }

  @Test
  void keepsAWholeNetworkToItsRate() {
    long rate = 1_000_000;
    Meters limited = new Meters(new RelayLimits.Rates(0, rate, 10 << 20));
    Meter one = limited.acquire(Board.NETWORK, Board.fingerprint(1), nowNanos);
    Meter two = limited.acquire(Board.NETWORK, Board.fingerprint(2), nowNanos);
    FakeReceiveStream otherIn = new FakeReceiveStream();
    StreamSplice forth =
        splice(
            in,
            new FakeSendStream(Long.MAX_VALUE / 2),
            new StreamSplice.Meters(one, two),
            Long.MAX_VALUE);
    StreamSplice back =
        splice(
            otherIn,
            new FakeSendStream(Long.MAX_VALUE / 2),
            new StreamSplice.Meters(two, one),
            Long.MAX_VALUE);

    for (int i = 0; i < 2_000; i++) {
      in.arrive(new byte[5_000]);
      otherIn.arrive(new byte[5_000]);
      nowNanos += MILLIS;
      limited.handleDeadline(nowNanos);
    }

    assertThat(forth.bytes() + back.bytes()).isBetween(2 * rate, 2 * rate + rate / 2);
    assertThat(Math.min(forth.bytes(), back.bytes())).isPositive();
    forth.end(CloseCode.NONE);
    back.end(CloseCode.NONE);
    limited.release(Board.NETWORK, Board.fingerprint(1));
    limited.release(Board.NETWORK, Board.fingerprint(2));
    assertThat(limited.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void losesNoByteWhateverTheOrderOfEvents() {
    for (long seed = 1; seed <= 300; seed++) {
      copyRandomly(seed);
    }
  }

  private void copyRandomly(long seed) {
    Random random = new Random(seed);
    Meters limited = new Meters(new RelayLimits.Rates(100_000, 150_000, 1 << 20));
    Meter from = limited.acquire(Board.NETWORK, Board.fingerprint(1), nowNanos);
    Meter to = limited.acquire(Board.NETWORK, Board.fingerprint(2), nowNanos);
    FakeReceiveStream source = new FakeReceiveStream();
    FakeSendStream out = new FakeSendStream(random.nextInt(2_000));
    StreamSplice splice = splice(source, out, new StreamSplice.Meters(from, to), Long.MAX_VALUE);
    ByteArrayOutputStream sent = new ByteArrayOutputStream();

    for (int step = 0; step < 200; step++) {
      switch (random.nextInt(3)) {
        case 0 -> {
          byte[] bytes = new byte[random.nextInt(3_000)];
          random.nextBytes(bytes);
          sent.writeBytes(bytes);
          source.arrive(bytes);
        }
        case 1 -> out.open(random.nextInt(3_000));
        default -> {
          nowNanos += random.nextInt(20) * MILLIS;
          limited.handleDeadline(nowNanos);
        }
      }
      assertThat(out.pendingBytes()).as("seed %d", seed).isLessThanOrEqualTo(3_000);
      assertThat(to.pendingBytes()).as("seed %d", seed).isGreaterThanOrEqualTo(out.pendingBytes());
    }
    source.finish();
    for (int i = 0; i < 1_000 && !splice.isEnded(); i++) {
      out.open(10_000);
      nowNanos += 10 * MILLIS;
      limited.handleDeadline(nowNanos);
    }

    assertThat(splice.isEnded()).as("seed %d", seed).isTrue();
    assertThat(out.taken()).as("seed %d", seed).isEqualTo(sent.toByteArray());
    assertThat(to.pendingBytes()).as("seed %d", seed).isZero();
    assertThat(limited.nextDeadlineNanos()).as("seed %d", seed).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void releasesWhatComesAfterTheEnd() {
    StreamSplice splice = splice(new FakeSendStream(10), Long.MAX_VALUE);
    splice.end(CloseCode.PEER_GONE);
    ByteBuf late = Unpooled.buffer().writeByte(1);

    splice.handleRead(late, nowNanos);

    assertThat(late.refCnt()).isZero();
  }
}
