package io.quicmesh.transport.identity;

import static io.quicmesh.transport.identity.MemberVerifierTest.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.transport.wire.CloseCode;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PinnedKeyTest {

  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

  private final TransportIdentity relay = Certificates.selfSigned(Keys.generate(), NOW);
  private final TransportIdentity other = Certificates.selfSigned(Keys.generate(), NOW);

  @Test
  void acceptsTheRelayWithThePinnedKey() throws Exception {
    VerifiedPeer peer = new RelayVerifier(relay.fingerprint()).verify(relay.chain());

    assertThat(peer.kind()).isEqualTo(VerifiedPeer.Kind.RELAY);
    assertThat(peer.key()).isEqualTo(relay.fingerprint());
    assertThat(peer.network()).isNull();
  }

  @Test
  void refusesAnyOtherRelay() {
    assertRefused(
        new RelayVerifier(relay.fingerprint()),
        other.chain(),
        CloseCode.WRONG_PEER,
        "was expected");
  }

  @Test
  void refusesAMemberInThePlaceOfARelay() {
    CertificateAuthority authority = CertificateAuthority.create(NOW);
    KeyPair node = Keys.generate();
    List<X509Certificate> chain = authority.issue(node.getPublic(), NOW, Duration.ofDays(1));

    assertRefused(
        new RelayVerifier(Keys.fingerprint(node.getPublic())),
        chain,
        CloseCode.NOT_ALLOWED,
        "a chain of 2");
  }

  @Test
  void refusesACertificateThatAnotherKeySigned() {
    KeyPair victim = Keys.generate();
    KeyPair thief = Keys.generate();
    X509Certificate forged =
        Certificates.build(
            new Certificates.Terms(
                Certificates.pinnedSubject(Keys.fingerprint(victim.getPublic())),
                victim.getPublic(),
                NOW,
                NOW.plusSeconds(60)),
            Certificates.pinnedSubject(Keys.fingerprint(victim.getPublic())),
            thief.getPrivate(),
            false);

    assertRefused(
        new JoinerVerifier(), List.of(forged), CloseCode.NOT_ALLOWED, "not signed by its own key");
  }

  @Test
  void anIdentityNeverShowsItsKey() {
    assertThat(relay.toString())
        .isEqualTo("TransportIdentity[" + relay.fingerprint().shortText() + "]");
  }
}
