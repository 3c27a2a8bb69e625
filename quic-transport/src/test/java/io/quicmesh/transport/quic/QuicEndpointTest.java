package io.quicmesh.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.quicmesh.transport.identity.PeerVerifier;
import io.quicmesh.transport.stream.SendStream;
import io.quicmesh.transport.wire.CloseCode;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class QuicEndpointTest {

  private static final InetAddress IPV4_LOOPBACK = NetUtil.LOCALHOST4;
  private static final InetAddress IPV6_LOOPBACK = NetUtil.LOCALHOST6;

  private final TestNetwork network = new TestNetwork();
  private final PeerVerifier anyMember = network.anyMember();

  @Test
  void bothSidesVerifyEachOtherAndAgreeOnTheId() throws Exception {
    try (TestHost a = TestHost.member(network);
        TestHost b = TestHost.member(network)) {
      TestConnection atA = a.dial(b, network.anyMember().expecting(b.id()));
      TestConnection atB = b.accepted();

      assertThat(atA.connection().peer().key()).isEqualTo(b.id());
      assertThat(atB.connection().peer().key()).isEqualTo(a.id());
      assertThat(atA.connection().id()).hasSize(40).isEqualTo(atB.connection().id());
      assertThat(atA.connection().role()).isEqualTo(QuicConnection.Role.CLIENT);
      assertThat(atB.connection().role()).isEqualTo(QuicConnection.Role.SERVER);
      assertThat(atA.connection().alpn()).isEqualTo(Alpn.NODE);
      assertThat(atB.connection().alpn()).isEqualTo(Alpn.NODE);
      assertThat(atA.connection().remoteAddress()).isEqualTo(b.address());
      assertThat(atB.connection().remoteAddress()).isEqualTo(a.address());
      assertThat(atA.connection().localAddress()).isEqualTo(a.address());
    }
  }

  @Test
  void theIdIsTheSourceIdOfTheServersHandshakePackets() throws Exception {
    try (TestHost a = TestHost.member(network);
        TestHost b = TestHost.member(network)) {
      Set<String> seen = ConcurrentHashMap.newKeySet();
      a.run(() -> a.endpoint().port().setGate(new SourceIds(seen)));

      TestConnection atA = a.dial(b, anyMember);

      assertThat(seen).containsExactly(atA.connection().id());
    }
  }

  /** Collects the source ids of long headers (RFC 9000, section 17.2), as a capture would. */
  private record SourceIds(Set<String> seen) implements PacketGate {
    @Override
    public boolean admits(InetSocketAddress source, ByteBuf packet) {
      int start = packet.readerIndex();
      if ((packet.getByte(start) & 0x80) != 0) {
        int destinationBytes = packet.getUnsignedByte(start + 5);
        int length = packet.getUnsignedByte(start + 6 + destinationBytes);
        seen.add(ByteBufUtil.hexDump(packet, start + 7 + destinationBytes, length));
      }
      return true;
    }

    @Override
    public void ownPacket(InetSocketAddress source, ByteBuf packet) {}
  }

  @Test
  void dialEndsWithACodeWhenAnotherPeerAnswers() throws Exception {
    try (TestHost a = TestHost.member(network);
        TestHost b = TestHost.member(network)) {
      PeerVerifier somebodyElse = network.anyMember().expecting(a.id());

      Future<QuicConnection> dialling = a.dialling(b, somebodyElse);

      assertThat(refusal(dialling).code()).isEqualTo(CloseCode.WRONG_PEER.code());
      assertThat(a.counter(Counter.PEERS_REFUSED)).isOne();
      assertThat(a.counter(Counter.DIALS_FAILED)).isOne();
    }
  }

  @Test
  void aStrangerIsClosedWithTheVerifiersCode() throws Exception {
    TestNetwork foreign = new TestNetwork();
    try (TestHost stranger = TestHost.member(foreign);
        TestHost b = TestHost.member(network)) {
      Future<QuicConnection> dialling = stranger.dialling(b, anyMember);

      assertThat(refusalNowOrLater(stranger, dialling)).isEqualTo(CloseCode.NOT_ALLOWED.code());
      assertThat(b.counter(Counter.PEERS_REFUSED)).isOne();
      assertThat(b.counter(Counter.ACCEPTED)).isZero();
    }
  }

  @Test
  void aClassicalOnlyClientIsRefused() throws Exception {
    try (TestHost a = TestHost.member(network, classicalOnly());
        TestHost b = TestHost.member(network)) {
      assertThat(refusal(a.dialling(b, anyMember)).code()).isEqualTo(CloseCode.VERSION.code());
      assertThat(b.counter(Counter.ACCEPTED)).isZero();
    }
  }

  @Test
  void aClassicalOnlyServerIsRefused() throws Exception {
    try (TestHost a = TestHost.member(network);
        TestHost b = TestHost.member(network, classicalOnly())) {
      assertThat(refusal(a.dialling(b, anyMember)).code()).isEqualTo(CloseCode.VERSION.code());
      assertThat(b.counter(Counter.ACCEPTED)).isZero();
    }
  }

  @Test
  void classicalGroupsWorkWhereBothAllowThem() throws Exception {
    try (TestHost a = TestHost.member(network, classicalOnly());
        TestHost b = TestHost.member(network, classicalOnly())) {
      assertThat(a.dial(b, anyMember).connection().peer().key()).isEqualTo(b.id());
    }
  }

  private static EndpointConfig classicalOnly() {
    return TestHost.onLoopback().with(TransportConfig.defaults().withGroups(List.of("X25519")));
  }

  @Test
  void aProtocolThatIsNotOfferedIsRefused() throws Exception {
    try (TestHost a = TestHost.member(network);
        TestHost relay =
            TestHost.start(
                TestHost.onLoopback(), network.member(), Map.of(Alpn.RELAY, anyMember))) {
      assertThat(refusal(a.dialling(relay, anyMember)).code()).isEqualTo(CloseCode.VERSION.code());
    }
  }

  @Test
  void hostsDialEachOtherAtTheSameTimeFromTheSamePorts() throws Exception {
    try (TestHost a = TestHost.member(network);
        TestHost b = TestHost.member(network)) {
      Future<QuicConnection> fromA = a.dialling(b, anyMember);
      Future<QuicConnection> fromB = b.dialling(a, anyMember);
      QuicConnection dialledByA = TestHost.await(fromA);
      QuicConnection dialledByB = TestHost.await(fromB);
      TestConnection clientAtA = a.call(() -> TestConnection.listenTo(dialledByA, a));
      TestConnection clientAtB = b.call(() -> TestConnection.listenTo(dialledByB, b));
      TestConnection serverAtA = a.accepted();
      TestConnection serverAtB = b.accepted();

      for (TestConnection from : List.of(clientAtA, clientAtB, serverAtA, serverAtB)) {
        SendStream stream = from.open();
        from.write(stream, "from " + from.connection().id());
        from.host().run(stream::finish);
      }
      for (TestConnection to : List.of(clientAtA, clientAtB, serverAtA, serverAtB)) {
        TestStream received = to.accepted();
        assertThat(received.end()).isEqualTo("finished");
        assertThat(received.text()).isEqualTo("from " + to.connection().id());
      }
      assertThat(clientAtA.connection().id()).isEqualTo(serverAtB.connection().id());
      assertThat(clientAtB.connection().id()).isEqualTo(serverAtA.connection().id());
      assertThat(serverAtA.connection().remoteAddress()).isEqualTo(b.address());
    }
  }

  @Test
  void anUnboundPortSpeaksBothFamilies() throws Exception {
    try (TestHost a = TestHost.member(network, EndpointConfig.of(null));
        TestHost b = TestHost.member(network, EndpointConfig.of(null))) {
      int port = b.address().getPort();
      TestConnection overIpv4 = a.dial(new InetSocketAddress(IPV4_LOOPBACK, port), anyMember);
      TestConnection ipv4AtB = b.accepted();
      TestConnection overIpv6 = a.dial(new InetSocketAddress(IPV6_LOOPBACK, port), anyMember);
      TestConnection ipv6AtB = b.accepted();

      int from = a.address().getPort();
      assertThat(overIpv4.connection().remoteAddress())
          .isEqualTo(new InetSocketAddress(IPV4_LOOPBACK, port));
      assertThat(ipv4AtB.connection().remoteAddress())
          .isEqualTo(new InetSocketAddress(IPV4_LOOPBACK, from));
      assertThat(overIpv6.connection().remoteAddress())
          .isEqualTo(new InetSocketAddress(IPV6_LOOPBACK, port));
      assertThat(ipv6AtB.connection().remoteAddress())
          .isEqualTo(new InetSocketAddress(IPV6_LOOPBACK, from));
    }
  }

  @Test
  void aDialThatNobodyAnswersTimesOut() throws Exception {
    try (TestHost a = TestHost.member(network);
        DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      InetSocketAddress nobody = (InetSocketAddress) silent.getLocalSocketAddress();
      long timeoutNanos = Duration.ofMillis(100).toNanos();

      Future<QuicConnection> dialling =
          a.call(() -> a.endpoint().dial(nobody, Alpn.NODE, anyMember, timeoutNanos));

      assertThat(refusal(dialling).code()).isEqualTo(CloseCode.TIMED_OUT.code());
    }
  }

  @Test
  void whatCannotBeDialledFailsAtOnce() throws Exception {
    try (TestHost a = TestHost.member(network)) {
      InetSocketAddress ipv6 = new InetSocketAddress(IPV6_LOOPBACK, 4433);
      InetSocketAddress unresolved = InetSocketAddress.createUnresolved("relay.example", 4433);

      assertThat(refusal(a.dialling(ipv6, anyMember))).hasMessageContaining("IPv4 only");
      assertThat(refusal(a.dialling(unresolved, anyMember))).hasMessageContaining("not an address");
      assertThat(a.counter(Counter.DIALS_FAILED)).isEqualTo(2);
    }
  }

  @Test
  void theCloseCodeReachesBothOwners() throws Exception {
    try (TestHost a = TestHost.member(network);
        TestHost b = TestHost.member(network)) {
      TestConnection atA = a.dial(b, anyMember);
      TestConnection atB = b.accepted();

      atB.close(CloseCode.REPLACED);

      assertThat(atB.closed().code()).isEqualTo(CloseCode.REPLACED.code());
      assertThat(atA.closed().code()).isEqualTo(CloseCode.REPLACED.code());
      assertThat(atA.closed().cause()).contains(CloseCode.REPLACED.text());
      assertThat(atA.connection().isOpen()).isFalse();
    }
  }

  @Test
  void aClosingEndpointTellsItsPeers() throws Exception {
    try (TestHost a = TestHost.member(network);
        TestHost b = TestHost.member(network)) {
      TestConnection atA = a.dial(b, anyMember);
      b.accepted();

      TestHost.await(b.endpoint().close());

      assertThat(atA.closed().code()).isEqualTo(CloseCode.SHUTTING_DOWN.code());
    }
  }

  @Test
  void aSilentConnectionTimesOut() throws Exception {
    TransportConfig impatient =
        TransportConfig.defaults().withIdleTimeoutNanos(Duration.ofMillis(300).toNanos());
    try (TestHost a = TestHost.member(network, TestHost.onLoopback().with(impatient));
        TestHost b = TestHost.member(network)) {
      TestConnection atA = a.dial(b, anyMember);

      assertThat(atA.closed().code()).isEqualTo(CloseCode.TIMED_OUT.code());
    }
  }

  @Test
  void aRenewedIdentityIsShownFromThenOn() throws Exception {
    try (TestHost a = TestHost.member(network);
        TestHost b = TestHost.member(network)) {
      a.run(
          () -> {
            var unused = a.endpoint().setIdentity(network.member());
          });
      TestConnection first = a.dial(b, anyMember);
      TestConnection before = b.accepted();
      first.close(CloseCode.NONE);
      a.dial(b, anyMember);
      TestConnection after = b.accepted();

      assertThat(after.connection().peer().key()).isNotEqualTo(a.id());
      assertThat(before.closed().code()).isEqualTo(CloseCode.NONE.code());
    }
  }

  @Test
  void statsShowThePathInUse() throws Exception {
    try (TestHost a = TestHost.member(network);
        TestHost b = TestHost.member(network)) {
      TestConnection atA = a.dial(b, anyMember);

      ConnectionStats stats = TestHost.await(a.call(() -> atA.connection().stats()));

      assertThat(stats.active().remote()).isEqualTo(b.address());
      assertThat(stats.active().local()).isEqualTo(a.address());
      assertThat(stats.paths()).containsExactly(stats.active());
      assertThat(stats.totals().packetsSent()).isPositive();
      assertThat(stats.active().window().rttNanos()).isPositive();
      assertThat(stats.active().window().payloadBytesMax())
          .isBetween(
              (long) TransportConfig.PAYLOAD_BYTES_MIN,
              (long) TransportConfig.defaults().payloadBytesMax());
    }
  }

  @Test
  void statsOfAClosedConnectionFail() throws Exception {
    try (TestHost a = TestHost.member(network);
        TestHost b = TestHost.member(network)) {
      TestConnection atA = a.dial(b, anyMember);
      atA.close(CloseCode.NONE);
      atA.closed();

      Future<ConnectionStats> stats = a.call(() -> atA.connection().stats());

      assertThatThrownBy(() -> TestHost.await(stats)).hasMessageContaining("closed");
    }
  }

  /** The server verifies while the dial may have succeeded already. */
  private static int refusalNowOrLater(TestHost dialler, Future<QuicConnection> dialling)
      throws Exception {
    try {
      QuicConnection connection = TestHost.await(dialling);
      return dialler.call(() -> TestConnection.listenTo(connection, dialler)).closed().code();
    } catch (ExecutionException e) {
      return e.getCause() instanceof DialException refusal ? refusal.code() : -1;
    }
  }

  private static DialException refusal(Future<QuicConnection> dialling) {
    try {
      TestHost.await(dialling);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof DialException refusal) {
        return refusal;
      }
      throw new AssertionError("not a refusal", e);
    } catch (Exception e) {
      throw new AssertionError("no outcome", e);
    }
    throw new AssertionError("the dial succeeded");
  }
}
