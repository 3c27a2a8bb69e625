package io.quicmesh.transport.quic;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.quicmesh.transport.stream.SendStream;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.StreamHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QuicStreamTest {

  private static final int FEW_STREAMS = 8;
  private static final int BULK_BYTES = 6 << 20;
  private static final int SUPERFRAME_BYTES = 64 << 10;

  private final TestNetwork network = new TestNetwork();
  private TestHost a;
  private TestHost b;
  private TestConnection atA;
  private TestConnection atB;

  @BeforeEach
  void connect() throws Exception {
    EndpointConfig config =
        TestHost.onLoopback().with(TransportConfig.defaults().withUniStreamsMax(FEW_STREAMS));
    a = TestHost.member(network);
    b = TestHost.member(network, config);
    atA = a.dial(b, network.anyMember());
    atB = b.accepted();
  }

  @AfterEach
  void close() {
    a.close();
    b.close();
  }

  @Test
  void streamsCarryBytesBothWays() throws Exception {
    SendStream there = atA.open();
    atA.write(there, "hello ");
    atA.write(there, "there");
    a.run(there::finish);
    SendStream back = atB.open();
    atB.write(back, "and back");

    TestStream received = atB.accepted();
    assertThat(received.end()).isEqualTo("finished");
    assertThat(received.text()).isEqualTo("hello there");
    TestStream answered = atA.accepted();
    answered.awaitBytes("and back".length());
    assertThat(answered.text()).isEqualTo("and back");
  }

  @Test
  void theHeaderTravelsWithoutAnyWrite() throws Exception {
    StreamHeader header = new StreamHeader.Circuit(Fingerprint.of(new byte[32]), 77);

    a.run(() -> atA.connection().openStream(header, Urgency.DATA));

    assertThat(atB.accepted().header()).isEqualTo(header);
  }

  @Test
  void aStreamMayEndWithItsHeader() throws Exception {
    a.run(() -> atA.connection().openStream(new StreamHeader.Lane(), Urgency.DATA).finish());

    TestStream received = atB.accepted();
    assertThat(received.end()).isEqualTo("finished");
    assertThat(received.bytes()).isZero();
  }

  @Test
  void streamsBeyondThePeersLimitWaitForAPlace() throws Exception {
    int count = 10 * FEW_STREAMS;
    for (int i = 0; i < count; i++) {
      SendStream stream = atA.open();
      atA.write(stream, "stream " + i);
      a.run(stream::finish);
    }

    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      TestStream received = atB.accepted();
      assertThat(received.end()).isEqualTo("finished");
      texts.add(received.text());
    }
    assertThat(texts).hasSize(count).doesNotHaveDuplicates();
  }

  @Test
  void manyStreamsAreOpenAtOnce() throws Exception {
    int count = 500;
    for (int i = 0; i < count; i++) {
      atB.write(atB.open(), "stream " + i);
    }

    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      TestStream received = atA.accepted();
      received.awaitBytes(1);
      texts.add(received.text());
    }
    assertThat(texts).hasSize(count).doesNotHaveDuplicates();
  }

  @Test
  void bulkArrivesUnchangedBothWaysAtOnce() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Pusher there = new Pusher(a, atA.open(), new Random(seed), BULK_BYTES);
    Pusher back = new Pusher(b, atB.open(), new Random(seed + 1), BULK_BYTES);
    a.run(there::push);
    b.run(back::push);

    TestStream atEndB = atB.accepted();
    TestStream atEndA = atA.accepted();
    assertThat(atEndB.end()).isEqualTo("finished");
    assertThat(atEndA.end()).isEqualTo("finished");
    assertThat(atEndB.bytes()).isEqualTo(BULK_BYTES);
    assertThat(atEndB.checksum()).isEqualTo(there.checksum.getValue());
    assertThat(atEndA.checksum()).isEqualTo(back.checksum.getValue());
  }

  /** Writes as long as the stream takes more, in pieces of all kinds. */
  private static final class Pusher implements SendStream.Listener {
    private final TestHost host;
    private final SendStream stream;
    private final Random random;
    private final CRC32 checksum = new CRC32();
    private long left;

    Pusher(TestHost host, SendStream stream, Random random, long bytes) {
      this.host = host;
      this.stream = stream;
      this.random = random;
      left = bytes;
    }

    void push() {
      assertThat(host.loop().inEventLoop()).isTrue();
      stream.setListener(this);
      writable();
    }

    @Override
    public void writable() {
      while (left > 0 && stream.isWritable()) {
        byte[] bytes = new byte[(int) Math.min(left, 1 + random.nextInt(SUPERFRAME_BYTES))];
        random.nextBytes(bytes);
        checksum.update(bytes);
        left -= bytes.length;
        stream.write(buffer(bytes));
      }
      if (left == 0) {
        stream.finish();
        left = -1;
      }
    }

    private ByteBuf buffer(byte[] bytes) {
      int half = bytes.length / 2;
      return switch (random.nextInt(3)) {
        case 0 -> Unpooled.wrappedBuffer(bytes);
        case 1 -> PooledByteBufAllocator.DEFAULT.directBuffer(bytes.length).writeBytes(bytes);
        default ->
            PooledByteBufAllocator.DEFAULT
                .compositeDirectBuffer()
                .addComponent(true, direct(bytes, 0, half))
                .addComponent(true, direct(bytes, half, bytes.length - half));
      };
    }

    private static ByteBuf direct(byte[] bytes, int from, int length) {
      return PooledByteBufAllocator.DEFAULT.directBuffer(length).writeBytes(bytes, from, length);
    }

    @Override
    public void closed(String cause) {
      throw new AssertionError(cause);
    }
  }

  @Test
  void aPausedReceiverHoldsTheSenderBack() throws Exception {
    SendStream stream = atA.open();
    atA.write(stream, "first");
    TestStream received = atB.accepted();
    received.awaitBytes(5);
    b.run(() -> received.stream().pause());
    CompletableFuture<Boolean> writable = new CompletableFuture<>();
    int pieces = (20 << 20) / SUPERFRAME_BYTES;

    a.run(
        () -> {
          stream.setListener(new Writable(writable));
          for (int i = 0; i < pieces; i++) {
            stream.write(Unpooled.directBuffer(SUPERFRAME_BYTES).writeZero(SUPERFRAME_BYTES));
          }
        });
    assertThat(a.call(stream::isWritable)).isFalse();
    // All of the windows is taken, and still it does not come.
    TestStream other = echoOnAnotherStream();
    assertThat(other.text()).isEqualTo("beside");
    assertThat(received.bytes()).isLessThan(SUPERFRAME_BYTES);
    assertThat(a.call(stream::pendingBytes)).isGreaterThan(3 << 20);

    b.run(() -> received.stream().resume());
    received.awaitBytes(5 + (long) pieces * SUPERFRAME_BYTES);
    assertThat(writable.get(TestHost.PATIENCE_SECONDS, SECONDS)).isTrue();
    assertThat(a.call(stream::pendingBytes)).isZero();
  }

  private TestStream echoOnAnotherStream() throws Exception {
    SendStream beside = atB.open();
    atB.write(beside, "beside");
    TestStream received = atA.accepted();
    received.awaitBytes("beside".length());
    return received;
  }

  /** Completes when a stream is writable (true) or closed (false). */
  private record Writable(CompletableFuture<Boolean> outcome) implements SendStream.Listener {
    @Override
    public void writable() {
      outcome.complete(true);
    }

    @Override
    public void closed(String cause) {
      outcome.complete(false);
    }
  }

  @Test
  void bytesWaitForAListener() throws Exception {
    SendStream stream = atA.open();
    atA.write(stream, "early");
    a.run(stream::finish);
    TestStream received = atB.accepted();

    assertThat(received.end()).isEqualTo("finished");
    assertThat(received.text()).isEqualTo("early");
  }

  @Test
  void aResetReachesTheReceiverWithItsCode() throws Exception {
    SendStream stream = atA.open();
    atA.write(stream, "begun");
    TestStream received = atB.accepted();
    received.awaitBytes(5);
    Closing closing = new Closing();
    a.run(() -> stream.setListener(closing));

    a.run(() -> stream.reset(CloseCode.PEER_GONE.code()));

    assertThat(received.end()).isEqualTo("reset: " + CloseCode.PEER_GONE.text());
    assertThat(closing.cause).isNotDone();
  }

  private static StreamTable streams(TestConnection at) {
    return ((LiveConnection) at.connection()).streams();
  }

  @Test
  void resetStreamsGiveTheirPlacesBack() throws Exception {
    for (int i = 0; i < 5 * FEW_STREAMS; i++) {
      SendStream stream = atA.open();
      atA.write(stream, "begun");
      TestStream received = atB.accepted();
      a.run(() -> stream.reset(CloseCode.PEER_GONE.code()));
      assertThat(received.end()).startsWith("reset");
    }
    assertThat(b.call(() -> streams(atB).incomingCount())).isZero();
  }

  @Test
  void aStopReachesTheSenderWithItsCode() throws Exception {
    SendStream stream = atA.open();
    Closing closing = new Closing();
    a.run(() -> stream.setListener(closing));
    atA.write(stream, "begun");
    TestStream received = atB.accepted();
    received.awaitBytes(5);

    b.run(() -> received.stream().stop(CloseCode.SUPERSEDED.code()));

    assertThat(closing.cause()).isEqualTo("stopped: " + CloseCode.SUPERSEDED.text());
    assertThat(a.call(stream::isWritable)).isFalse();
    a.run(() -> stream.write(Unpooled.directBuffer().writeByte(1)));
    assertThat(a.call(stream::pendingBytes)).isZero();
  }

  @Test
  void stoppedStreamsGiveTheirPlacesBack() throws Exception {
    for (int i = 0; i < 5 * FEW_STREAMS; i++) {
      SendStream stream = atA.open();
      Closing closing = new Closing();
      a.run(() -> stream.setListener(closing));
      atA.write(stream, "begun");
      TestStream received = atB.accepted();
      b.run(() -> received.stream().stop(CloseCode.SUPERSEDED.code()));
      assertThat(closing.cause()).startsWith("stopped");
    }
    assertThat(a.call(() -> streams(atA).outgoingCount())).isZero();
  }

  @Test
  void aStreamOfAnUnknownKindIsStoppedAndCounted() throws Exception {
    Closing closing = new Closing();
    a.run(
        () -> {
          ByteBuf unknownKind = Unpooled.directBuffer().writeByte(99);
          streams(atA).open(unknownKind, Urgency.DATA).setListener(closing);
        });

    assertThat(closing.cause()).isEqualTo("stopped: " + CloseCode.PROTOCOL.text());
    assertThat(b.counter(Counter.STREAMS_UNKNOWN)).isOne();
    assertThat(echoOnAnotherStream().text()).isEqualTo("beside");
  }

  @Test
  void aHeaderMayComeInPieces() throws Exception {
    StreamHeader.Circuit header = new StreamHeader.Circuit(Fingerprint.of(new byte[32]), 5);
    ByteBuf bytes = Unpooled.directBuffer();
    header.write(bytes);
    bytes.writeBytes(new byte[] {'x'});
    SendStream stream = a.call(() -> streams(atA).open(bytes.readRetainedSlice(1), Urgency.DATA));
    while (bytes.isReadable()) {
      a.run(() -> stream.write(bytes.readRetainedSlice(1)));
    }
    bytes.release();

    TestStream received = atB.accepted();
    received.awaitBytes(1);
    assertThat(received.header()).isEqualTo(header);
    assertThat(received.text()).isEqualTo("x");
  }

  @Test
  void streamsEndWithTheirConnection() throws Exception {
    SendStream stream = atA.open();
    Closing closing = new Closing();
    a.run(() -> stream.setListener(closing));
    atA.write(stream, "begun");
    TestStream received = atB.accepted();
    received.awaitBytes(5);

    atB.close(CloseCode.EXPIRED);

    assertThat(closing.cause()).contains(CloseCode.EXPIRED.text());
    assertThat(received.end()).isEqualTo(CloseCode.EXPIRED.text());
    assertThat(atA.closed().code()).isEqualTo(CloseCode.EXPIRED.code());
    Closing late = new Closing();
    a.run(() -> stream.setListener(late));
    assertThat(late.cause).isNotDone();
    a.run(() -> stream.write(Unpooled.directBuffer().writeByte(1)));
    Closing neverOpened = new Closing();
    a.run(() -> atA.connection().openStream(new StreamHeader.Lane(), 1).setListener(neverOpened));
    assertThat(neverOpened.cause()).contains("ended");
  }

  /** Notes how a stream was closed. */
  private static final class Closing implements SendStream.Listener {
    private final CompletableFuture<String> cause = new CompletableFuture<>();

    String cause() throws Exception {
      return cause.get(TestHost.PATIENCE_SECONDS, SECONDS);
    }

    @Override
    public void writable() {}

    @Override
    public void closed(String how) {
      if (!cause.complete(how)) {
        throw new IllegalStateException("closed twice");
      }
    }
  }

  @Test
  void whatWasSentBeforeTheCloseIsRead() throws Exception {
    a.run(
        () -> {
          SendStream stream = atA.connection().openStream(new StreamHeader.Lane(), Urgency.DATA);
          stream.write(Unpooled.directBuffer().writeBytes(new byte[] {'l', 'a', 's', 't'}));
          atA.connection().send(new ControlMessage.Drain(1000));
          atA.connection().close(CloseCode.SHUTTING_DOWN);
        });

    assertThat(atB.message()).isEqualTo(new ControlMessage.Drain(1000));
    TestStream received = atB.accepted();
    assertThat(received.end()).contains(CloseCode.SHUTTING_DOWN.text());
    assertThat(received.text()).isEqualTo("last");
  }

  @Test
  void controlMessagesComeInOrderWhateverTheirSize() throws Exception {
    List<ControlMessage> messages = new ArrayList<>();
    for (int i = 0; i < 50; i += 3) {
      messages.add(new ControlMessage.Ping(i));
      messages.add(new ControlMessage.Revocations(Opaque.of(new byte[i * 1300])));
    }

    a.run(() -> messages.forEach(atA.connection()::send));
    b.run(() -> atB.connection().send(new ControlMessage.Pong(7)));

    for (ControlMessage expected : messages) {
      assertThat(atB.message()).isEqualTo(expected);
    }
    assertThat(atA.message()).isEqualTo(new ControlMessage.Pong(7));
  }

  @Test
  void aPeerThatLeavesControlMessagesUntakenIsClosed() throws Exception {
    ControlMessage large = new ControlMessage.Revocations(Opaque.of(new byte[60_000]));

    a.run(
        () -> {
          for (int i = 0; i < 30; i++) {
            atA.connection().send(large);
          }
        });

    assertThat(atA.closed().code()).isEqualTo(CloseCode.TIMED_OUT.code());
    assertThat(atB.closed().code()).isEqualTo(CloseCode.TIMED_OUT.code());
  }

  @Test
  void aMalformedControlMessageClosesTheConnection() throws Exception {
    a.run(
        () -> {
          SendStream control =
              atA.connection().openStream(new StreamHeader.Control(), Urgency.CONTROL);
          control.write(Unpooled.directBuffer().writeShort(1).writeByte(1));
        });

    assertThat(atA.closed().code()).isEqualTo(CloseCode.PROTOCOL.code());
    assertThat(b.counter(Counter.CONTROL_MALFORMED)).isOne();
  }

  @Test
  void aSecondControlStreamClosesTheConnection() throws Exception {
    a.run(() -> atA.connection().openStream(new StreamHeader.Control(), Urgency.CONTROL));
    a.run(() -> atA.connection().openStream(new StreamHeader.Control(), Urgency.CONTROL));

    assertThat(atA.closed().code()).isEqualTo(CloseCode.PROTOCOL.code());
  }
}
