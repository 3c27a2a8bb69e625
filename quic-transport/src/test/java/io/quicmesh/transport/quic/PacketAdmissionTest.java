package io.quicmesh.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.Future;
import io.quicmesh.transport.identity.PeerVerifier;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a port does with datagrams before any connection sees them. */
class PacketAdmissionTest {

  private static final int VERSION_1 = 1;
  private static final long NEVER_NANOS = Duration.ofSeconds(TestHost.PATIENCE_SECONDS).toNanos();

  private final TestNetwork network = new TestNetwork();
  private final PeerVerifier anyMember = network.anyMember();

  @Test
  void everyDropIsCountedByItsReason() throws Exception {
    try (TestHost host = TestHost.member(network);
        DatagramSocket stranger = new DatagramSocket()) {
      send(stranger, host, Unpooled.EMPTY_BUFFER);
      host.awaitCounter(Counter.DROPPED_EMPTY, 1);
      send(stranger, host, Unpooled.buffer().writeByte(0x40));
      host.awaitCounter(Counter.DROPPED_SHORT, 1);
      send(
          stranger,
          host,
          Unpooled.buffer().writeByte(0xc0).writeInt(1).writeByte(200).writeZero(30));
      host.awaitCounter(Counter.DROPPED_SHORT, 2);
      send(stranger, host, Unpooled.buffer().writeZero(100));
      host.awaitCounter(Counter.DROPPED_NOT_QUIC, 1);
      send(stranger, host, initial(0x12345678, 1200));
      host.awaitCounter(Counter.DROPPED_VERSION, 1);
      send(stranger, host, initial(VERSION_1, 1199));
      host.awaitCounter(Counter.DROPPED_SMALL_INITIAL, 1);

      assertThat(host.counter(Counter.RECEIVED)).isEqualTo(6);
      assertThat(host.dial(host.address(), anyMember).connection().isOpen()).isTrue();
    }
  }

  @Test
  void garbageOfAllKindsHurtsNobody() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    try (TestHost a = TestHost.member(network);
        TestHost b = TestHost.member(network);
        DatagramSocket stranger = new DatagramSocket()) {
      TestConnection atA = a.dial(b, anyMember);
      TestConnection atB = b.accepted();
      for (int i = 0; i < 2000; i++) {
        byte[] bytes = new byte[random.nextInt(1500)];
        random.nextBytes(bytes);
        if (bytes.length > 30 && random.nextBoolean()) {
          byte[] header = ByteBufUtil.getBytes(initial(VERSION_1, 60));
          System.arraycopy(header, 0, bytes, 0, Math.min(header.length, bytes.length));
        }
        send(stranger, b, Unpooled.wrappedBuffer(bytes));
      }
      b.awaitCounter(Counter.RECEIVED, 2000);

      atA.write(atA.open(), "still here");
      atB.accepted().awaitBytes("still here".length());
    }
  }

  @Test
  void ownPacketsGoToTheGateAndBack() throws Exception {
    try (TestHost a = TestHost.member(network);
        TestHost b = TestHost.member(network)) {
      Recorder atB = new Recorder(true);
      b.run(() -> b.endpoint().port().setGate(atB));

      a.run(
          () -> {
            ByteBuf packet = Unpooled.directBuffer();
            OwnPacket.writeHeader(5, packet);
            packet.writeByte(42);
            a.endpoint().port().send(packet, b.address());
          });

      Seen seen = atB.ownPacket();
      assertThat(seen.source).isEqualTo(a.address());
      assertThat(OwnPacket.type(seen.bytes)).isEqualTo(5);
      assertThat(ByteBufUtil.getBytes(seen.bytes)).hasSize(OwnPacket.HEADER_BYTES + 1).endsWith(42);
      assertThat(b.counter(Counter.OWN_PACKETS)).isOne();
    }
  }

  @Test
  void whatTheGateKeepsMayFollowLater() throws Exception {
    try (TestHost a = TestHost.member(network);
        TestHost b = TestHost.member(network)) {
      Recorder keeping = new Recorder(false);
      b.run(() -> b.endpoint().port().setGate(keeping));
      Future<QuicConnection> dialling = a.dialling(b, anyMember);
      Seen first = keeping.quicPacket();

      b.run(
          () -> {
            b.endpoint().port().setGate(PacketGate.OPEN);
            b.endpoint()
                .port()
                .inject(Unpooled.directBuffer().writeBytes(first.bytes), first.source);
          });

      assertThat(TestHost.await(dialling).isOpen()).isTrue();
      assertThat(b.counter(Counter.DROPPED_GATE)).isPositive();
    }
  }

  private record Seen(InetSocketAddress source, ByteBuf bytes) {}

  /** Notes all packets and admits all or no QUIC packets. */
  private static final class Recorder implements PacketGate {
    private final boolean admits;
    private final BlockingQueue<Seen> own = new LinkedBlockingQueue<>();
    private final BlockingQueue<Seen> quic = new LinkedBlockingQueue<>();

    Recorder(boolean admits) {
      this.admits = admits;
    }

    Seen ownPacket() throws Exception {
      return TestHost.present(
          own.poll(TestHost.PATIENCE_SECONDS, TimeUnit.SECONDS), "no own packet");
    }

    Seen quicPacket() throws Exception {
      return TestHost.present(
          quic.poll(TestHost.PATIENCE_SECONDS, TimeUnit.SECONDS), "no QUIC packet");
    }

    @Override
    public boolean admits(InetSocketAddress source, ByteBuf packet) {
      quic.add(new Seen(source, Unpooled.copiedBuffer(packet)));
      return admits;
    }

    @Override
    public void ownPacket(InetSocketAddress source, ByteBuf packet) {
      own.add(new Seen(source, Unpooled.copiedBuffer(packet)));
    }
  }

  @Test
  void handshakesInFlightAreBounded() throws Exception {
    HandshakeLimits two = new HandshakeLimits(2, 2, 100, NEVER_NANOS);
    try (TestHost deaf = TestHost.member(network);
        TestHost b = TestHost.member(network, TestHost.onLoopback().with(two))) {
      deaf.run(() -> deaf.endpoint().port().setGate(new Recorder(false)));
      List<Future<QuicConnection>> dialling = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        dialling.add(deaf.dialling(b, anyMember));
      }

      b.awaitCounter(Counter.DROPPED_HANDSHAKES_FULL, 1);
      assertThat(b.counter(Counter.ACCEPTED)).isZero();
      assertThat(dialling).noneMatch(Future::isDone);
    }
  }

  @Test
  void handshakesInFlightOfOneSourceAreBounded() throws Exception {
    HandshakeLimits one = new HandshakeLimits(10, 1, 100, NEVER_NANOS);
    try (TestHost deaf = TestHost.member(network);
        TestHost b = TestHost.member(network, TestHost.onLoopback().with(one))) {
      deaf.run(() -> deaf.endpoint().port().setGate(new Recorder(false)));
      Future<QuicConnection> first = deaf.dialling(b, anyMember);
      Future<QuicConnection> second = deaf.dialling(b, anyMember);

      b.awaitCounter(Counter.DROPPED_HANDSHAKES_SOURCE, 1);
      assertThat(first.isDone() || second.isDone()).isFalse();
    }
  }

  @Test
  void aHandshakeThatDragsOnIsGivenUp() throws Exception {
    HandshakeLimits hasty = new HandshakeLimits(1, 1, 100, Duration.ofSeconds(1).toNanos());
    try (TestHost a = TestHost.member(network);
        TestHost b = TestHost.member(network, TestHost.onLoopback().with(hasty))) {
      try (TestHost deaf = TestHost.member(network)) {
        deaf.run(() -> deaf.endpoint().port().setGate(new Recorder(false)));
        Future<QuicConnection> hopeless = deaf.dialling(b, anyMember);
        b.awaitCounter(Counter.HANDSHAKES_LATE, 1);
        assertThat(hopeless.isDone()).isFalse();
      }

      assertThat(a.dial(b, anyMember).connection().isOpen()).isTrue();
      b.awaitCounter(Counter.ACCEPTED, 1);
    }
  }

  @Test
  void underLoadAClientFirstProvesItsAddress() throws Exception {
    HandshakeLimits always = new HandshakeLimits(10, 10, -1, NEVER_NANOS);
    try (TestHost a = TestHost.member(network);
        TestHost b = TestHost.member(network, TestHost.onLoopback().with(always))) {
      TestConnection atA = a.dial(b, anyMember);
      TestConnection atB = b.accepted();

      assertThat(b.counter(Counter.RETRIES_SENT)).isPositive();
      assertThat(b.counter(Counter.DROPPED_TOKEN)).isZero();
      assertThat(atA.connection().id()).isEqualTo(atB.connection().id());
    }
  }

  @Test
  void withoutAServerRoleNobodyIsAnswered() throws Exception {
    try (TestHost a = TestHost.member(network);
        TestHost closed = TestHost.start(TestHost.onLoopback(), network.member(), Map.of())) {
      Future<QuicConnection> dialling =
          a.call(
              () ->
                  a.endpoint()
                      .dial(
                          closed.address(),
                          Alpn.NODE,
                          anyMember,
                          Duration.ofMillis(100).toNanos()));

      assertThatThrownBy(() -> TestHost.await(dialling)).hasCauseInstanceOf(DialException.class);
      assertThat(closed.counter(Counter.DROPPED_NO_SERVER_ROLE)).isPositive();
    }
  }

  private static ByteBuf initial(int version, int bytes) {
    ByteBuf packet = Unpooled.buffer();
    packet.writeByte(0xc0).writeInt(version);
    packet.writeByte(8).writeLong(0x0102030405060708L);
    packet.writeByte(8).writeLong(0x0807060504030201L);
    packet.writeByte(0);
    return packet.writeZero(bytes - packet.readableBytes());
  }

  private static void send(DatagramSocket from, TestHost to, ByteBuf bytes) throws IOException {
    byte[] array = ByteBufUtil.getBytes(bytes);
    InetAddress loopback = InetAddress.getLoopbackAddress();
    from.send(new DatagramPacket(array, array.length, loopback, to.address().getPort()));
  }
}
