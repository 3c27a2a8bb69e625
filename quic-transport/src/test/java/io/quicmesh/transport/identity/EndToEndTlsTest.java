package io.quicmesh.transport.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quicmesh.transport.wire.CloseCode;
import java.io.ByteArrayOutputStream;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EndToEndTlsTest {

  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

  private final CertificateAuthority authority = CertificateAuthority.create(NOW);
  private final TransportIdentity alice = member(authority, NOW);
  private final TransportIdentity bob = member(authority, NOW);
  private final RecordedChannel toBob = new RecordedChannel();
  private final RecordedChannel toAlice = new RecordedChannel();

  @Test
  void bothEndsLearnWhoThePeerIsAndShareASecret() {
    handshake(settings(alice, expecting(bob)), settings(bob, expecting(alice)));

    assertThat(toBob.peer).isNotNull();
    assertThat(toBob.peer.key()).isEqualTo(bob.fingerprint());
    assertThat(toAlice.peer).isNotNull();
    assertThat(toAlice.peer.key()).isEqualTo(alice.fingerprint());
    assertThat(toBob.secret).hasSize(32).isEqualTo(toAlice.secret);
  }

  @Test
  void theHandshakeForWarmingUpSucceeds() {
    assertThatCode(TlsWarmUp::run).doesNotThrowAnyException();
  }

  @Test
  void everyHandshakeGivesAnotherSecret() {
    handshake(settings(alice, expecting(bob)), settings(bob, expecting(alice)));
    byte[] first = toBob.secret;

    handshake(settings(alice, expecting(bob)), settings(bob, expecting(alice)));

    assertThat(toBob.secret).isNotEqualTo(first);
  }

  @Test
  void carriesMessagesBothWaysUpToTheLimit() {
    EndToEndTls client = client(settings(alice, expecting(bob)));
    EndToEndTls server = server(settings(bob, expecting(alice)));
    exchange(client, server);
    String longest = "x".repeat(SecureChannel.MESSAGE_BYTES_MAX);

    client.write("hello".getBytes(UTF_8));
    client.write(new byte[0]);
    client.write(longest.getBytes(UTF_8));
    server.write("welcome".getBytes(UTF_8));
    exchange(client, server);

    assertThat(toAlice.messages).containsExactly("hello", "", longest);
    assertThat(toBob.messages).containsExactly("welcome");
    assertThatThrownBy(() -> client.write(new byte[SecureChannel.MESSAGE_BYTES_MAX + 1]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void takesBytesCutAnywhere() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    EndToEndTls client = client(settings(alice, expecting(bob)));
    EndToEndTls server = server(settings(bob, expecting(alice)));

    while (!toBob.transmitted.isEmpty() || !toAlice.transmitted.isEmpty()) {
      offerInPieces(drain(toBob), server, random);
      offerInPieces(drain(toAlice), client, random);
    }
    client.write("in pieces".getBytes(UTF_8));
    offerInPieces(drain(toBob), server, random);

    assertThat(toAlice.messages).as("seed %d", seed).containsExactly("in pieces");
  }

  @Test
  void refusesAnotherNodeThanTheExpectedOneAndTellsItWhy() {
    TransportIdentity carol = member(authority, NOW);

    handshake(settings(alice, expecting(bob)), settings(carol, expecting(alice)));

    assertThat(toBob.code).isEqualTo(CloseCode.WRONG_PEER);
    assertThat(toBob.reason).contains("was expected");
    assertThat(toAlice.code).isEqualTo(CloseCode.WRONG_PEER);
    assertThat(toAlice.reason)
        .isEqualTo("the other side refused this host: " + CloseCode.WRONG_PEER.text());
    assertThat(toBob.peer).isNull();
    assertThat(toAlice.peer).isNull();
  }

  @Test
  void aHandshakeSplicedBackToItsSenderIsRefused() {
    handshake(settings(alice, expecting(bob)), settings(alice, expecting(bob)));

    assertThat(toBob.code).isEqualTo(CloseCode.WRONG_PEER);
    assertThat(toBob.peer).isNull();
  }

  @Test
  void theServerRefusesARevokedClientAndTellsItWhy() {
    RevokedKeys revoked = (network, key) -> key.equals(alice.fingerprint());
    MemberVerifier verifier =
        MemberVerifier.ofNetwork(authority.network(), revoked, InstantSource.fixed(NOW));

    handshake(settings(alice, expecting(bob)), settings(bob, verifier));

    assertThat(toAlice.code).isEqualTo(CloseCode.REVOKED);
    assertThat(toAlice.events).containsExactly("failed");
    assertThat(toBob.code).isEqualTo(CloseCode.REVOKED);
    assertThat(toBob.events).containsExactly("established", "failed");
  }

  @Test
  void theServerRefusesAnExpiredClient() {
    TransportIdentity old = member(authority, NOW.minus(Duration.ofDays(60)));

    handshake(
        settings(old, expecting(bob)),
        settings(
            bob,
            MemberVerifier.ofNetwork(
                authority.network(), RevokedKeys.NONE, InstantSource.fixed(NOW))));

    assertThat(toAlice.code).isEqualTo(CloseCode.EXPIRED);
    assertThat(toBob.code).isEqualTo(CloseCode.EXPIRED);
  }

  @Test
  void refusesAChainWithoutItsKey() {
    TransportIdentity thief = new TransportIdentity(Keys.generate().getPrivate(), bob.chain());

    handshake(settings(alice, expecting(bob)), settings(thief, expecting(alice)));

    assertThat(toBob.code).isEqualTo(CloseCode.PROTOCOL);
    assertThat(toBob.events).containsExactly("failed");
    assertThat(toAlice.events).containsExactly("failed");
  }

  @Test
  void refusesAClassicalPeerInEitherRole() {
    handshake(
        new EndToEndTls.Settings(alice, expecting(bob), KeyExchange.CLASSICAL_ONLY),
        settings(bob, expecting(alice)));
    assertThat(toBob.events).containsExactly("failed");
    assertThat(toAlice.events).containsExactly("failed");

    RecordedChannel client = new RecordedChannel();
    RecordedChannel server = new RecordedChannel();
    exchange(
        start(EndToEndTls.client(settings(alice, expecting(bob)), client)),
        client,
        start(
            EndToEndTls.server(
                new EndToEndTls.Settings(bob, expecting(alice), KeyExchange.CLASSICAL_ONLY),
                server)),
        server);
    assertThat(client.events).containsExactly("failed");
    assertThat(server.events).containsExactly("failed");
  }

  @Test
  void acceptsAClassicalPeerWhenTheConfigurationSaysSo() {
    handshake(
        new EndToEndTls.Settings(alice, expecting(bob), KeyExchange.CLASSICAL_ONLY),
        new EndToEndTls.Settings(bob, expecting(alice), KeyExchange.HYBRID_OR_CLASSICAL));

    assertThat(toAlice.events).containsExactly("established");
    assertThat(toBob.events).containsExactly("established");
  }

  @Test
  void oneAlteredByteEndsTheHandshake() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 20; round++) {
      RecordedChannel client = new RecordedChannel();
      RecordedChannel server = new RecordedChannel();
      EndToEndTls clientEnd = start(EndToEndTls.client(settings(alice, expecting(bob)), client));
      EndToEndTls serverEnd = start(EndToEndTls.server(settings(bob, expecting(alice)), server));
      serverEnd.offer(drain(client));
      byte[] answer = drain(server);
      List<Integer> meaningful = meaningfulBytes(answer);
      int altered = meaningful.get(random.nextInt(meaningful.size()));
      answer[altered] ^= (byte) (1 + random.nextInt(255));

      clientEnd.offer(answer);

      assertThat(client.events).as("seed %d", seed).doesNotContain("established");
    }
  }

  /**
   * Where the bytes of these TLS records are, but for the version of plain records, which is to be
   * ignored (RFC 8446, section 5.1).
   */
  private static List<Integer> meaningfulBytes(byte[] records) {
    int headerBytes = 5;
    int applicationData = 23; // the type of all encrypted records
    List<Integer> result = new ArrayList<>();
    int record = 0;
    while (record < records.length) {
      int length = ((records[record + 3] & 0xff) << 8) | (records[record + 4] & 0xff);
      for (int i = 0; i < headerBytes + length; i++) {
        boolean isVersion = i == 1 || i == 2;
        if (records[record] == applicationData || !isVersion) {
          result.add(record + i);
        }
      }
      record += headerBytes + length;
    }
    return result;
  }

  @Test
  void garbageFailsItQuietly() {
    EndToEndTls server = server(settings(bob, expecting(alice)));

    server.offer("GET / HTTP/1.1\r\n\r\n".getBytes(UTF_8));

    assertThat(toAlice.code).isEqualTo(CloseCode.PROTOCOL);
    assertThat(toAlice.reason).doesNotContain("\n");
    assertThat(server.isEnded()).isTrue();
  }

  @Test
  void tellsThePeerWhenItCloses() {
    EndToEndTls client = client(settings(alice, expecting(bob)));
    EndToEndTls server = server(settings(bob, expecting(alice)));
    exchange(client, server);

    client.close();
    exchange(client, server);

    assertThat(toAlice.code).isEqualTo(CloseCode.NONE);
    assertThat(toBob.code).isNull();
  }

  private void handshake(EndToEndTls.Settings client, EndToEndTls.Settings server) {
    exchange(client(client), server(server));
  }

  private EndToEndTls client(EndToEndTls.Settings settings) {
    return start(EndToEndTls.client(settings, toBob));
  }

  private EndToEndTls server(EndToEndTls.Settings settings) {
    return start(EndToEndTls.server(settings, toAlice));
  }

  private void exchange(EndToEndTls client, EndToEndTls server) {
    exchange(client, toBob, server, toAlice);
  }

  private static EndToEndTls start(EndToEndTls end) {
    end.start();
    return end;
  }

  private static void exchange(
      EndToEndTls client,
      RecordedChannel fromClient,
      EndToEndTls server,
      RecordedChannel fromServer) {
    while (!fromClient.transmitted.isEmpty() || !fromServer.transmitted.isEmpty()) {
      for (byte[] next; (next = fromClient.transmitted.poll()) != null; ) {
        server.offer(next);
      }
      for (byte[] next; (next = fromServer.transmitted.poll()) != null; ) {
        client.offer(next);
      }
    }
  }

  private static void offerInPieces(byte[] bytes, EndToEndTls end, Random random) {
    for (int at = 0; at < bytes.length; ) {
      int length = Math.min(bytes.length - at, 1 + random.nextInt(90));
      byte[] piece = new byte[length];
      System.arraycopy(bytes, at, piece, 0, length);
      end.offer(piece);
      at += length;
    }
  }

  private static byte[] drain(RecordedChannel channel) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    channel.transmitted.forEach(all::writeBytes);
    channel.transmitted.clear();
    return all.toByteArray();
  }

  private static EndToEndTls.Settings settings(TransportIdentity identity, PeerVerifier verifier) {
    return new EndToEndTls.Settings(identity, verifier);
  }

  private MemberVerifier expecting(TransportIdentity peer) {
    return MemberVerifier.ofNetwork(authority.network(), RevokedKeys.NONE, InstantSource.fixed(NOW))
        .expecting(peer.fingerprint());
  }

  static TransportIdentity member(CertificateAuthority authority, Instant issued) {
    KeyPair pair = Keys.generate();
    return new TransportIdentity(
        pair.getPrivate(), authority.issue(pair.getPublic(), issued, Duration.ofDays(30)));
  }
}
