package io.quicmesh.node.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quicmesh.node.membership.MembershipException.Kind;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.OverlayAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Joins, renewals and refusals over real QUIC through a real relay on loopback. */
class JoinThroughRelayTest {

  @TempDir(factory = MemoryFileSystem.class)
  Path temporary;

  private final JoinClient link = new JoinClient();
  private TestHost home;
  private TestHost alice;

  @BeforeEach
  void makeHosts() {
    home = new TestHost(temporary.resolve("home"));
    alice = new TestHost(temporary.resolve("alice"));
    // The relay looks at the real clock.
    Duration today = Duration.between(TestHost.START, Instant.now());
    home.advance(today);
    alice.advance(today);
  }

  @Test
  void aHostJoinsRenewsAndRotates() throws Exception {
    try (TestRelay relay = new TestRelay(null)) {
      createNetwork(home, relay.address());
      try (TestRegistrar registrar = new TestRegistrar(home, home, relay)) {
        MemberState joined = alice.membership().join(home.invite("alice"), link);
        MemberState renewed = alice.membership().renew(link);
        MemberState rotated = alice.membership().rotateKey(link);

        assertThat(joined.address()).hasToString("10.66.0.2/24");
        assertThat(renewed.id()).isEqualTo(joined.id());
        assertThat(rotated.id()).isNotEqualTo(joined.id());
        assertThat(alice.membership().open()).isEqualTo(rotated);
        while (registrar.visits() > 0) {
          Thread.onSpinWait();
        }
      }
    }
  }

  @Test
  void aRelayForTheNetworkOnlyLetsItsHostsJoin() throws Exception {
    MemberState state = home.createNetwork();
    try (TestRelay relay = new TestRelay(Set.of(state.network().id()))) {
      home.membership().setRelays(List.of(relay.address()));
      try (TestRegistrar registrar = new TestRegistrar(home, home, relay)) {
        assertThat(alice.membership().join(home.invite("alice"), link).network().relays())
            .containsExactly(relay.address());
        assertThat(registrar.visits()).isLessThanOrEqualTo(1);
      }
    }
  }

  @Test
  void aRefusalOfTheRegistrarReachesTheHost() throws Exception {
    try (TestRelay relay = new TestRelay(null)) {
      createNetwork(home, relay.address());
      InviteToken token = home.invite("alice");
      home.advance(Duration.ofHours(25));
      try (TestRegistrar registrar = new TestRegistrar(home, home, relay)) {
        MembershipException refused = refusal(token);

        assertThat(refused.kind()).isEqualTo(Kind.NOT_AUTHORISED);
        assertThat(refused.oneLine()).contains("the token has expired");
        assertThat(registrar.visits()).isLessThanOrEqualTo(1);
      }
    }
  }

  @Test
  void saysThatTheRegistrarIsNotUp() throws Exception {
    try (TestRelay relay = new TestRelay(null)) {
      createNetwork(home, relay.address());

      MembershipException refused = refusal(home.invite("alice"));

      assertThat(refused.exitCode()).isEqualTo(5);
      assertThat(refused.oneLine()).contains("start 'quicmesh up' on the host that invited");
    }
  }

  @Test
  void saysThatTheRelayIsBusyToWhoeverTriesOverAndOver() throws Exception {
    try (TestRelay relay = new TestRelay(null)) {
      createNetwork(home, relay.address());
      InviteToken token = home.invite("alice");

      MembershipException refused = refusal(token);
      for (int i = 0; i < 30 && relay.rejected("join_quota") == 0; i++) {
        refused = refusal(token);
      }

      assertThat(refused.exitCode()).isEqualTo(5);
      assertThat(refused.oneLine()).contains("is busy with others that join");
    }
  }

  @Test
  void saysThatTheRelayIsNotThere() throws Exception {
    RelayAddress gone;
    try (TestRelay relay = new TestRelay(null)) {
      gone = relay.address();
    }
    createNetwork(home, gone);

    MembershipException refused = refusal(home.invite("alice"));

    assertThat(refused.exitCode()).isEqualTo(5);
    assertThat(refused.oneLine()).contains("relay " + gone.label() + " is not reached");
  }

  @Test
  void refusesARelayWithAnotherFingerprintButTriesTheNext() throws Exception {
    try (TestRelay relay = new TestRelay(null)) {
      RelayAddress wrong =
          new RelayAddress(
              relay.address().host(),
              relay.address().port(),
              Fingerprint.of(ByteBuffer.allocate(Fingerprint.BYTES).array()));
      createNetwork(home, wrong);

      MembershipException refused = refusal(home.invite("alice"));
      assertThat(refused.exitCode()).isEqualTo(4);
      assertThat(refused.oneLine()).contains("shows another fingerprint than");

      home.membership().setRelays(List.of(wrong, relay.address()));
      try (TestRegistrar registrar = new TestRegistrar(home, home, relay)) {
        assertThat(alice.membership().join(home.invite("alice"), link).name()).isEqualTo("alice");
        assertThat(registrar.visits()).isLessThanOrEqualTo(1);
      }
    }
  }

  @Test
  void aMemberThatPretendsToBeTheRegistrarLearnsNoSecret() throws Exception {
    try (TestRelay relay = new TestRelay(null)) {
      createNetwork(home, relay.address());
      TestHost mallory = new TestHost(temporary.resolve("mallory"));
      mallory.advance(Duration.between(TestHost.START, Instant.now()));
      mallory.membership().join(home.invite("mallory"), home.link());
      TestHost other = new TestHost(temporary.resolve("other"));
      other.advance(Duration.between(TestHost.START, Instant.now()));
      createNetwork(other, relay.address());
      try (TestRegistrar pretender = new TestRegistrar(mallory, other, relay)) {
        MembershipException refused = refusal(home.invite("alice"));

        assertThat(refused.exitCode()).isEqualTo(5);
        assertThat(refused.oneLine()).contains("the registrar is not at relay");
        assertThat(relay.rejected("registrar_not_proven")).isEqualTo(1);
        assertThat(pretender.visits()).isZero();
      }
    }
  }

  private MembershipException refusal(InviteToken token) {
    MembershipException refused =
        catchThrowableOfType(MembershipException.class, () -> alice.membership().join(token, link));
    assertThat(refused).isNotNull();
    assertThat(refused.oneLine()).doesNotContain("\n");
    return refused;
  }

  private static void createNetwork(TestHost host, RelayAddress relay) throws MembershipException {
    host.membership()
        .create(
            new Membership.Plan(
                "lab", OverlayAddress.parse("10.66.0.0/24"), List.of(relay), "home"));
  }
}
