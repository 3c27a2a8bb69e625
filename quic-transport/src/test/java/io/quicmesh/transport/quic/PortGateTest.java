package io.quicmesh.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** What somebody at another address gets who saw everything that passed on the path. */
class PortGateTest {

  private static final int LISTEN_MILLIS = 400;
  private static final int FOREIGN_PACKETS = 200;

  private final TestNetwork network = new TestNetwork();

  @Test
  void garbageWithAKnownIdDrawsNoQuicByte() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    try (Scene scene = new Scene(network)) {
      byte[] id = HexFormat.of().parseHex(scene.atA.connection().id());
      for (int i = 0; i < FOREIGN_PACKETS; i++) {
        byte[] packet = new byte[60 + random.nextInt(1100)];
        random.nextBytes(packet);
        packet[0] = (byte) (0x40 | (packet[0] & 0x3f));
        System.arraycopy(id, 0, packet, 1, id.length);
        scene.sendAsStranger(packet);
      }

      assertOnlyChallenges(scene.drawn());
      scene.assertUndisturbed();
    }
  }

  @Test
  void copiedGenuinePacketsDrawNoQuicByte() throws Exception {
    try (Scene scene = new Scene(network)) {
      scene.assertUndisturbed();
      List<byte[]> seen = scene.seenByB();
      assertThat(seen).isNotEmpty();

      for (byte[] packet : seen) {
        scene.sendAsStranger(packet);
      }

      assertOnlyChallenges(scene.drawn());
      scene.assertUndisturbed();
    }
  }

  @Test
  void initialAndHandshakeWithTheClientsFirstIdDrawNothing() throws Exception {
    try (Scene scene = new Scene(network)) {
      List<byte[]> longHeaders =
          scene.seenByB().stream().filter(packet -> (packet[0] & 0x80) != 0).toList();
      assertThat(longHeaders).isNotEmpty();

      for (byte[] packet : longHeaders) {
        scene.sendAsStranger(packet);
        byte[] handshake = packet.clone();
        handshake[0] = (byte) (0xe0 | (handshake[0] & 0x0f));
        scene.sendAsStranger(handshake);
      }

      assertThat(scene.drawn()).isEmpty();
      scene.assertUndisturbed();
    }
  }

  @Test
  void theIdThatARetryReplacedDrawsNothing() throws Exception {
    HandshakeLimits always = new HandshakeLimits(10, 10, -1, Long.MAX_VALUE / 2);
    try (Scene scene = new Scene(network, TestHost.onLoopback().with(always))) {
      assertThat(scene.b.counter(Counter.RETRIES_SENT)).isPositive();
      List<byte[]> longHeaders =
          scene.seenByB().stream().filter(packet -> (packet[0] & 0x80) != 0).toList();
      long retries = scene.b.counter(Counter.RETRIES_SENT);

      for (byte[] packet : longHeaders) {
        scene.sendAsStranger(packet);
      }

      assertThat(scene.drawn()).isEmpty();
      assertThat(scene.counterOfB("gate_replaced_id")).isPositive();
      assertThat(scene.b.counter(Counter.RETRIES_SENT)).isEqualTo(retries);
      scene.assertUndisturbed();
    }
  }

  @Test
  void wrongAnswersOpenNothing() throws Exception {
    try (Scene scene = new Scene(network)) {
      byte[] packet = new byte[100];
      packet[0] = 0x40;
      byte[] id = HexFormat.of().parseHex(scene.atA.connection().id());
      System.arraycopy(id, 0, packet, 1, id.length);
      scene.sendAsStranger(packet);
      List<byte[]> challenges = scene.drawn();
      assertThat(challenges).hasSize(1);

      byte[] answer = Arrays.copyOf(challenges.get(0), GatePackets.ANSWER_BYTES);
      answer[OwnPacket.HEADER_BYTES - 1] = GatePackets.ANSWER;
      scene.sendAsStranger(answer);
      scene.sendAsStranger(packet);

      assertOnlyChallenges(scene.drawn());
      assertThat(scene.counterOfB("gate_answered")).isZero();
      assertThat(scene.counterOfB("gate_answer_wrong")).isOne();
      scene.assertUndisturbed();
    }
  }

  @Test
  void aClientAtAnotherPortPasses() throws Exception {
    try (Scene scene = new Scene(network)) {
      scene.moveClient();

      scene.assertUndisturbed();

      assertThat(scene.counterOfB("gate_challenged")).isPositive();
      assertThat(scene.counterOfB("gate_answered")).isPositive();
    }
  }

  @Test
  void aMovedClientRepeatsItsLastPacketFirst() throws Exception {
    try (Scene scene = new Scene(network)) {
      InetSocketAddress left = scene.seen.element().source();
      scene.moveClient();
      scene.assertUndisturbed();

      List<Seen> before = new ArrayList<>();
      List<Seen> after = new ArrayList<>();
      for (Seen each : scene.seen) {
        (each.source().equals(left) ? before : after).add(each);
      }
      assertThat(after.get(0).packet()).isEqualTo(before.get(before.size() - 1).packet());
    }
  }

  private static void assertOnlyChallenges(List<byte[]> drawn) {
    assertThat(drawn).hasSizeBetween(1, 11);
    for (byte[] packet : drawn) {
      assertThat(packet).hasSize(GatePackets.CHALLENGE_BYTES);
      ByteBuf bytes = Unpooled.wrappedBuffer(packet);
      assertThat(OwnPacket.isOwn(bytes)).isTrue();
    }
  }

  /** A connection of two hosts, and a stranger who sees what the server receives. */
  private static final class Scene implements AutoCloseable {
    private final TestHost a;
    private final TestHost b;
    private final TestConnection atA;
    private final TestConnection atB;
    private final DatagramSocket stranger = new DatagramSocket();
    private final ConcurrentLinkedQueue<Seen> seen = new ConcurrentLinkedQueue<>();

    Scene(TestNetwork network) throws Exception {
      this(network, TestHost.onLoopback());
    }

    Scene(TestNetwork network, EndpointConfig serverConfig) throws Exception {
      a = TestHost.member(network);
      b = TestHost.member(network, serverConfig);
      b.run(() -> b.endpoint().port().setGate(new Copying(seen)));
      atA = a.dial(b, network.anyMember());
      atB = b.accepted();
      assertUndisturbed();
    }

    List<byte[]> seenByB() {
      return seen.stream().map(Seen::packet).toList();
    }

    void moveClient() throws Exception {
      Future<PortSocket> opened = a.endpoint().port().open(null);
      PortSocket socket = TestHost.await(opened);
      a.run(() -> assertThat(a.endpoint().move(atA.connection(), socket)).isTrue());
    }

    void sendAsStranger(byte[] packet) throws IOException {
      stranger.send(new DatagramPacket(packet, packet.length, b.address()));
    }

    /** What the stranger receives until it is quiet. */
    List<byte[]> drawn() throws IOException {
      List<byte[]> drawn = new ArrayList<>();
      stranger.setSoTimeout(LISTEN_MILLIS);
      try {
        while (true) {
          DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
          stranger.receive(packet);
          drawn.add(Arrays.copyOf(packet.getData(), packet.getLength()));
        }
      } catch (SocketTimeoutException quiet) {
        return drawn;
      }
    }

    void assertUndisturbed() throws Exception {
      atA.write(atA.open(), "still here");
      atB.accepted().awaitBytes("still here".length());
    }

    long counterOfB(String name) throws Exception {
      long[] value = new long[1];
      b.run(
          () -> {
            Map<String, Long> all = b.endpoint().counters();
            value[0] = all.getOrDefault(name, -1L);
          });
      return value[0];
    }

    @Override
    public void close() {
      stranger.close();
      a.close();
      b.close();
    }
  }

  /** A packet is not copied. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Seen(InetSocketAddress source, byte[] packet) {}

  /** Admits everything and keeps copies. */
  private record Copying(ConcurrentLinkedQueue<Seen> seen) implements PacketGate {
    @Override
    public boolean admits(InetSocketAddress source, ByteBuf packet) {
      seen.add(new Seen(source, ByteBufUtil.getBytes(packet)));
      return true;
    }

    @Override
    public void ownPacket(InetSocketAddress source, ByteBuf packet) {}
  }
}
