package io.quicmesh.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.relay.core.RelayLimits;
import io.quicmesh.transport.identity.CertificateChain;
import io.quicmesh.transport.identity.Certificates;
import io.quicmesh.transport.identity.Keys;
import io.quicmesh.transport.identity.StateFiles;
import io.quicmesh.transport.identity.TransportIdentity;
import io.quicmesh.transport.wire.Capability;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.ControlMessage.CircuitClosed;
import io.quicmesh.transport.wire.ControlMessage.Presence;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.StreamHeader;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelayServerTest {

  private static final int MB = 1_000_000;

  private final TestNetwork network = new TestNetwork();
  private final List<TransportIdentity> members = network.members(3);

  @Test
  void tellsNodesOfEachOtherAndOfTheirAddresses() {
    try (RelayHost relay = new RelayHost();
        TestNode a = TestNode.connect(relay, members.get(0))) {
      a.hello(7, Capability.DIRECT);
      ControlMessage welcome = a.message();
      try (TestNode b = TestNode.up(relay, members.get(1))) {
        Presence ofA = b.await(Presence.class);
        Presence ofB = a.await(Presence.class);

        assertThat(welcome)
            .isInstanceOfSatisfying(
                ControlMessage.Welcome.class, w -> assertThat(w.observed()).isEqualTo(a.address()));
        assertThat(ofA)
            .isEqualTo(new Presence(a.id(), true, 7, Capability.DIRECT, List.of(a.address())));
        assertThat(ofB).isEqualTo(new Presence(b.id(), true, 1, 0, List.of(b.address())));
      }
      assertThat(a.await(Presence.class)).matches(gone -> !gone.up());
    }
  }

  @Test
  void carries100MegabytesBothWays() {
    try (RelayHost relay = new RelayHost();
        TestNode a = TestNode.up(relay, members.get(0));
        TestNode b = TestNode.up(relay, members.get(1))) {
      TestSender there = a.circuit(b, 5).fill(100 * MB, 1);
      TestReceiver atB = b.stream();
      TestSender back = b.circuit(a, 5).fill(100 * MB, 2);
      TestReceiver atA = a.stream();

      assertThat(atB.header()).isEqualTo(new StreamHeader.Circuit(a.id(), 5));
      assertThat(atB.end()).isEqualTo("finished");
      assertThat(atA.end()).isEqualTo("finished");
      assertThat(atB.bytes()).isEqualTo(100 * MB);
      assertThat(atB.checksum()).isEqualTo(there.checksum());
      assertThat(atA.checksum()).isEqualTo(back.checksum());
      assertThat(relay.facts().circuits()).isEmpty();
      assertThat(relay.facts().status().spliced().bytes()).isEqualTo(200L * MB);
    }
  }

  @Test
  void showsWhatItsGateDidByReason() throws IOException {
    try (RelayHost relay = new RelayHost();
        TestNode a = TestNode.up(relay, members.get(0));
        DatagramSocket stranger = new DatagramSocket()) {
      byte[] unknownId = new byte[100];
      unknownId[0] = 0x40;
      stranger.send(new DatagramPacket(unknownId, unknownId.length, relay.address()));
      while (relay.rejected("dropped_gate") == 0) {
        Thread.onSpinWait();
      }

      assertThat(relay.facts().clients())
          .singleElement()
          .satisfies(client -> assertThat(client.id()).isEqualTo(a.id().toString()));
      assertThat(relay.facts().status().gate())
          .containsEntry("unknown_id", 1L)
          .containsEntry("held", 0L)
          .hasEntrySatisfying("admitted", count -> assertThat(count).isPositive())
          .hasEntrySatisfying("admitted_new", count -> assertThat(count).isPositive());
    }
  }

  @Test
  void aStuckReceiverHoldsNothingElseUp() {
    try (RelayHost relay = new RelayHost(patient(), null);
        TestNode a = TestNode.up(relay, members.get(0));
        TestNode stuck = TestNode.up(relay, members.get(1));
        TestNode c = TestNode.up(relay, members.get(2))) {
      TestSender toStuck = a.circuit(stuck, 5).write(1);
      TestReceiver stuckStream = stuck.stream();
      stuckStream.pause();
      stuck.circuit(a, 5).write(1);
      TestSender toC = a.circuit(c, 6);
      a.keepTalking();
      toStuck.fill(200 * MB, 1);
      toC.fill(30 * MB, 2);

      TestReceiver atC = c.stream();
      c.circuit(a, 6).write(1);

      assertThat(atC.end()).isEqualTo("finished");
      assertThat(atC.checksum()).isEqualTo(toC.checksum());
      assertThat(toStuck.sent()).isLessThan(200 * MB);
      assertThat(relay.rejected("quota_streams")).isZero();
    }
  }

  /** A node whose connection is full of what is stuck may answer late. */
  private static RelayLimits patient() {
    RelayLimits usual = RelayLimits.defaults();
    RelayLimits.Times times = usual.times();
    return new RelayLimits(
        usual.connections(),
        usual.circuits(),
        usual.joins(),
        usual.rates(),
        new RelayLimits.Times(
            times.helloNanos(),
            times.answerNanos(),
            TimeUnit.SECONDS.toNanos(RelayHost.PATIENCE_SECONDS),
            times.joinNanos(),
            times.retireNanos(),
            times.migrationNanos()));
  }

  @Test
  void resetsTheCircuitsOfANodeThatDies() {
    try (RelayHost relay = new RelayHost();
        TestNode a = TestNode.up(relay, members.get(0));
        TestNode b = TestNode.up(relay, members.get(1))) {
      a.circuit(b, 5).write(10);
      b.stream();
      b.circuit(a, 5).write(10);
      TestReceiver atA = a.stream();
      atA.awaitBytes(10);

      b.die();
      a.keepTalking();
      CircuitClosed closed = a.await(CircuitClosed.class);

      assertThat(closed).isEqualTo(new CircuitClosed(b.id(), 5, CloseCode.PEER_GONE.code()));
      assertThat(atA.end()).isNotEqualTo("finished");
      assertThat(a.await(Presence.class)).matches(gone -> !gone.up());
    }
  }

  @Test
  void refusesASecondHostWithTheSameKey() {
    try (RelayHost relay = new RelayHost();
        TestNode first = TestNode.up(relay, members.get(0), 1, 0);
        TestNode second = TestNode.connect(relay, members.get(0))) {
      second.hello(2, 0);

      assertThat(second.closed()).isEqualTo(CloseCode.DUPLICATE_KEY.code());
      assertThat(first.await(CircuitClosed.class))
          .isEqualTo(new CircuitClosed(first.id(), 0, CloseCode.DUPLICATE_KEY.code()));
      assertThat(relay.rejected("duplicate_key")).isEqualTo(1);
      assertThat(relay.facts().clients())
          .singleElement()
          .satisfies(client -> assertThat(client.duplicateKey()).isTrue());
    }
  }

  @Test
  void replacesANodeThatRestarted() {
    try (RelayHost relay = new RelayHost();
        TestNode before = TestNode.up(relay, members.get(0), 1, 0);
        TestNode peer = TestNode.up(relay, members.get(1))) {
      before.circuit(peer, 5).write(1);
      peer.stream();
      before.ignorePings();

      try (TestNode after = TestNode.up(relay, members.get(0), 2, 0)) {
        assertThat(before.closed()).isEqualTo(CloseCode.REPLACED.code());
        assertThat(peer.await(CircuitClosed.class).code()).isEqualTo(CloseCode.PEER_GONE.code());
        assertThat(after.await(Presence.class).peer()).isEqualTo(peer.id());
        assertThat(peer.await(Presence.class))
            .isEqualTo(new Presence(after.id(), true, 2, 0, List.of(after.address())));
      }
    }
  }

  @Test
  void keepsNetworksApart() {
    TestNetwork other = new TestNetwork();
    try (RelayHost relay = new RelayHost();
        TestNode a = TestNode.up(relay, members.get(0));
        TestNode stranger = TestNode.up(relay, other.member())) {
      a.circuit(stranger, 5).write(1);

      assertThat(a.message())
          .isEqualTo(new CircuitClosed(stranger.id(), 5, CloseCode.PEER_OFFLINE.code()));
    }
  }

  @Test
  void admitsOnlyAllowedNetworks() {
    try (RelayHost relay = new RelayHost(RelayLimits.defaults(), Set.of(network.id()));
        TestNode member = TestNode.up(relay, members.get(0))) {
      assertThat(TestNode.refusal(relay, new TestNetwork().member()))
          .isEqualTo(CloseCode.NOT_ALLOWED.code());
      assertThat(relay.rejected("network_not_allowed")).isEqualTo(1);
      assertThat(relay.facts().clients())
          .singleElement()
          .satisfies(client -> assertThat(client.id()).isEqualTo(member.id().toString()));
    }
  }

  @Test
  void keepsANodeToItsRate() {
    long rate = 2L * MB;
    RelayLimits defaults = RelayLimits.defaults();
    RelayLimits limited =
        new RelayLimits(
            defaults.connections(),
            defaults.circuits(),
            defaults.joins(),
            new RelayLimits.Rates(rate, 0, 8L << 20),
            defaults.times());
    try (RelayHost relay = new RelayHost(limited, null);
        TestNode a = TestNode.up(relay, members.get(0));
        TestNode b = TestNode.up(relay, members.get(1))) {
      long begin = System.nanoTime();
      TestSender sender = a.circuit(b, 5).fill(4 * MB, 1);
      TestReceiver receiver = b.stream();
      b.circuit(a, 5).write(1);

      assertThat(receiver.checksum()).isEqualTo(sender.checksum());
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      assertThat(took).isGreaterThan(Duration.ofSeconds(1));
    }
  }

  @Test
  void splicesAJoiningHostToTheRegistrar() {
    TransportIdentity key = Certificates.selfSigned(Keys.generate(), Instant.now());
    try (RelayHost relay = new RelayHost();
        TestNode registrar = TestNode.up(relay, members.get(0), 1, Capability.REGISTRAR);
        TestNode joiner = TestNode.join(relay, key)) {
      registrar.proveRegistrar(relay, network.claim(registrar.id(), 1));
      TestSender request = joiner.open(new StreamHeader.Join(network.id(), 9)).fill(1_000, 1);
      TestReceiver asked = registrar.stream();
      TestSender reply = registrar.open(new StreamHeader.Join(joiner.id(), 9)).fill(2_000, 2);
      TestReceiver answered = joiner.stream();

      assertThat(asked.header()).isEqualTo(new StreamHeader.Join(joiner.id(), 9));
      assertThat(asked.checksum()).isEqualTo(request.checksum());
      assertThat(answered.header()).isEqualTo(new StreamHeader.Join(network.id(), 9));
      assertThat(answered.checksum()).isEqualTo(reply.checksum());
    }
  }

  @Test
  void endsAJoinThatIsTooLong() {
    TransportIdentity key = Certificates.selfSigned(Keys.generate(), Instant.now());
    try (RelayHost relay = new RelayHost();
        TestNode registrar = TestNode.up(relay, members.get(0), 1, Capability.REGISTRAR);
        TestNode joiner = TestNode.join(relay, key)) {
      registrar.proveRegistrar(relay, network.claim(registrar.id(), 1));
      joiner.open(new StreamHeader.Join(network.id(), 9)).fill(MB, 1);

      assertThat(registrar.stream().end()).isNotEqualTo("finished");
      assertThat(relay.rejected("join_bytes")).isEqualTo(1);
    }
  }

  @Test
  void tellsAJoiningHostThatThereIsNoRegistrar() {
    TransportIdentity key = Certificates.selfSigned(Keys.generate(), Instant.now());
    try (RelayHost relay = new RelayHost();
        TestNode joiner = TestNode.join(relay, key)) {
      joiner.open(new StreamHeader.Join(network.id(), 9)).write(10);

      assertThat(joiner.message())
          .isEqualTo(new CircuitClosed(network.id(), 9, CloseCode.PEER_OFFLINE.code()));
    }
  }

  @Test
  void takesNobodyForTheRegistrarWithoutTheWordOfTheAuthority() {
    TransportIdentity key = Certificates.selfSigned(Keys.generate(), Instant.now());
    TestNetwork other = new TestNetwork();
    try (RelayHost relay = new RelayHost();
        TestNode pretender = TestNode.up(relay, members.get(0), 1, Capability.REGISTRAR);
        TestNode joiner = TestNode.join(relay, key)) {
      pretender.proveRegistrar(relay, network.claim(members.get(1).fingerprint(), 1));
      pretender.proveRegistrar(relay, network.claim(pretender.id(), 2));
      pretender.proveRegistrar(relay, other.claim(pretender.id(), 1));
      joiner.open(new StreamHeader.Join(network.id(), 9)).write(10);

      assertThat(joiner.message())
          .isEqualTo(new CircuitClosed(network.id(), 9, CloseCode.PEER_OFFLINE.code()));
      assertThat(relay.rejected("registrar_not_proven")).isEqualTo(3);
    }
  }

  @Test
  void goesOnWithANodeThatShowsItsNextCertificate() {
    TransportIdentity member = network.renewed(members.get(0), Duration.ofSeconds(3));
    TransportIdentity other = network.renewed(members.get(1), Duration.ofSeconds(3));
    try (RelayHost relay = new RelayHost();
        TestNode renewing = TestNode.up(relay, member);
        TestNode expiring = TestNode.up(relay, other)) {
      renewing.keepTalking();
      expiring.keepTalking();
      renewing.send(new ControlMessage.Renewed(chain(other)));
      renewing.send(
          new ControlMessage.Renewed(chain(network.renewed(member, Duration.ofHours(1)))));

      assertThat(expiring.closed()).isEqualTo(CloseCode.EXPIRED.code());
      assertThat(relay.facts().status().clients()).isEqualTo(1);
      assertThat(relay.rejected("certificate_invalid")).isEqualTo(1);
    }
  }

  private static Opaque chain(TransportIdentity identity) {
    return Opaque.of(CertificateChain.encode(identity.chain()));
  }

  @Test
  void refusesARevokedNodeAfterARestartToo(@TempDir Path directory) throws Exception {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    RevocationStore store = new RevocationFiles(new StateFiles(), directory);
    try (RelayHost relay = new RelayHost(RelayLimits.defaults(), null, store);
        TestNode registrar = TestNode.up(relay, members.get(0));
        TestNode revoked = TestNode.up(relay, members.get(1))) {
      registrar.send(
          new ControlMessage.Revocations(network.revocations(1, members.get(1).fingerprint())));
      assertThat(revoked.closed()).isEqualTo(CloseCode.REVOKED.code());
    }

    try (RelayHost relay = new RelayHost(RelayLimits.defaults(), null, store)) {
      assertThat(TestNode.refusal(relay, members.get(1))).isEqualTo(CloseCode.REVOKED.code());
    }
  }

  @Test
  void closesRevokedNodesAndHandsTheListOn() {
    Fingerprint bad = members.get(1).fingerprint();
    Opaque list = network.revocations(1, bad);
    try (RelayHost relay = new RelayHost();
        TestNode registrar = TestNode.up(relay, members.get(0));
        TestNode revoked = TestNode.up(relay, members.get(1))) {
      registrar.send(
          new ControlMessage.Revocations(new TestNetwork().revocations(2, registrar.id())));
      registrar.send(new ControlMessage.Revocations(list));

      assertThat(revoked.closed()).isEqualTo(CloseCode.REVOKED.code());
      try (TestNode late = TestNode.up(relay, members.get(2))) {
        assertThat(late.await(ControlMessage.Revocations.class).signedList()).isEqualTo(list);
      }
      assertThat(TestNode.refusal(relay, members.get(1))).isEqualTo(CloseCode.REVOKED.code());
      assertThat(relay.rejected("revocations_invalid")).isEqualTo(1);
    }
  }

  @Test
  void closesANodeThatFloodsItWithMessages() {
    try (RelayHost relay = new RelayHost();
        TestNode a = TestNode.up(relay, members.get(0))) {
      for (int i = 0; i < 1_500; i++) {
        a.send(new ControlMessage.Pong(i));
      }

      assertThat(a.closed()).isEqualTo(CloseCode.QUOTA.code());
      assertThat(relay.rejected("control_flood")).isEqualTo(1);
    }
  }

  @Test
  void tellsNodesWhenItStops() {
    try (RelayHost relay = new RelayHost();
        TestNode a = TestNode.up(relay, members.get(0))) {
      var unused = relay.server().stop();

      assertThat(a.closed()).isEqualTo(CloseCode.SHUTTING_DOWN.code());
    }
  }

  @Test
  void stopsWhenItHasDrained() {
    try (RelayHost relay = new RelayHost()) {
      TestNode a = TestNode.up(relay, members.get(0));
      relay.server().drain(Duration.ofSeconds(20));
      assertThat(a.await(ControlMessage.Drain.class).graceMillis()).isEqualTo(20_000);

      a.close();

      assertThat(relay.server().stopped().awaitUninterruptibly(10_000)).isTrue();
    }
  }
}
