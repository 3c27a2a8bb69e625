package io.quicmesh.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.node.NodeMembership.Problem;
import io.quicmesh.transport.identity.CertificateAuthority;
import io.quicmesh.transport.identity.Keys;
import io.quicmesh.transport.identity.TransportIdentity;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.OverlayAddress;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NodeMembershipTest {

  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

  private final NodeIdentity identity = identity();
  private final NodeMembership membership = new NodeMembership(identity);

  @Test
  void showsTheWorstProblemUntilItIsSolved() {
    assertThat(membership.problem(0)).isNull();

    assertThat(membership.handleProblem(Problem.NOT_RENEWED, "not renewed", 0)).isTrue();
    assertThat(membership.handleProblem(Problem.REVOKED, "revoked", 0)).isTrue();
    assertThat(membership.problem(1)).isEqualTo("revoked");
  }

  @Test
  void forgetsThatItWasNotRenewedWhenItIs() {
    membership.handleProblem(Problem.NOT_RENEWED, "not renewed", 0);

    membership.handleRenewed(identity);

    assertThat(membership.problem(1)).isNull();
  }

  @Test
  void aDuplicateKeyIsNewsOnceAndShownForTenMinutes() {
    long later = TimeUnit.MINUTES.toNanos(9);

    assertThat(membership.handleProblem(Problem.DUPLICATE_KEY, "twice", 0)).isTrue();
    assertThat(membership.handleProblem(Problem.DUPLICATE_KEY, "twice", later)).isFalse();
    assertThat(membership.problem(later + TimeUnit.MINUTES.toNanos(9))).isEqualTo("twice");
    assertThat(membership.problem(later + TimeUnit.MINUTES.toNanos(11))).isNull();
  }

  @Test
  void countsByReason() {
    membership.count("session_ended", CloseCode.REVOKED);
    membership.count("session_ended", CloseCode.REVOKED);
    membership.setRegistrar(() -> Map.of("token_used", 3L));

    assertThat(membership.counters())
        .containsOnly(
            Map.entry("session_ended_revoked", 2L), Map.entry("join_refused_token_used", 3L));
  }

  @Test
  void tellsAClockThatDiffersFromACertificateThatIsOver() {
    Instant end = identity.transport().notAfter();

    assertThat(explain(CloseCode.EXPIRED, end.plusSeconds(1)))
        .isEqualTo(
            "this host's certificate expired at "
                + end
                + ": it is renewed when the registrar is reached");
    assertThat(explain(CloseCode.EXPIRED, NOW))
        .endsWith("set the clock of this host, or of the relay");
    assertThat(explain(CloseCode.WRONG_CLOCK, NOW)).endsWith("set the clock of the relay");
  }

  @Test
  void saysWhatToDoAboutARelaysRefusal() {
    assertThat(explain(CloseCode.REVOKED, NOW)).endsWith("ask for a new token and join again");
    assertThat(explain(CloseCode.DUPLICATE_KEY, NOW)).contains("with this host's key");
    assertThat(explain(CloseCode.NOT_ALLOWED, NOW))
        .endsWith("--allow-network " + identity.network());
    assertThat(RelayRefusal.explain(CloseCode.TIMED_OUT.code(), identity, NOW)).isNull();
  }

  private String explain(CloseCode code, Instant now) {
    return String.valueOf(RelayRefusal.explain(code.code(), identity, now));
  }

  private static NodeIdentity identity() {
    CertificateAuthority authority = CertificateAuthority.create(NOW);
    KeyPair pair = Keys.generate();
    TransportIdentity transport =
        new TransportIdentity(
            pair.getPrivate(), authority.issue(pair.getPublic(), NOW, Duration.ofHours(1)));
    return new NodeIdentity(
        transport,
        authority.network(),
        "lab",
        "alice",
        OverlayAddress.parse("10.66.0.2/24"),
        Opaque.of(new byte[0]),
        List.of(),
        false);
  }
}
