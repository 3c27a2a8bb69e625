package io.quicmesh.transport.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.Fingerprint;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;

class MemberVerifierTest {

  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
  private static final Duration LIFETIME = Duration.ofDays(30);

  private final CertificateAuthority authority = CertificateAuthority.create(NOW);
  private final CertificateAuthority foreign = CertificateAuthority.create(NOW);
  private final KeyPair node = Keys.generate();
  private final Fingerprint nodeId = Keys.fingerprint(node.getPublic());

  @Test
  void acceptsAMemberOfTheNetwork() throws Exception {
    VerifiedPeer peer = verifier(NOW).verify(authority.issue(node.getPublic(), NOW, LIFETIME));

    assertThat(peer)
        .isEqualTo(
            new VerifiedPeer(
                nodeId, authority.network(), VerifiedPeer.Kind.MEMBER, NOW.plus(LIFETIME)));
  }

  @Test
  void acceptsOnlyTheExpectedNodeWhenOneIsNamed() throws Exception {
    List<X509Certificate> chain = authority.issue(node.getPublic(), NOW, LIFETIME);
    Fingerprint other = Keys.fingerprint(Keys.generate().getPublic());

    assertThat(verifier(NOW).expecting(nodeId).verify(chain).key()).isEqualTo(nodeId);
    assertRefused(verifier(NOW).expecting(other), chain, CloseCode.WRONG_PEER, "was expected");
  }

  @Test
  void refusesAMemberOfAnotherNetwork() {
    assertRefused(
        verifier(NOW),
        foreign.issue(node.getPublic(), NOW, LIFETIME),
        CloseCode.NOT_ALLOWED,
        "which is not allowed here");
  }

  @Test
  void refusesACertificateThatAnotherAuthoritySigned() {
    X509Certificate leaf = foreign.issue(node.getPublic(), NOW, LIFETIME).get(0);
    X509Certificate forged =
        Certificates.transport(
            foreign.identity().key(),
            authority.network(),
            node.getPublic(),
            NOW,
            NOW.plus(LIFETIME));

    assertRefused(
        verifier(NOW), List.of(leaf, authority.certificate()), CloseCode.NOT_ALLOWED, "not signed");
    assertRefused(
        verifier(NOW),
        List.of(forged, authority.certificate()),
        CloseCode.NOT_ALLOWED,
        "not signed");
  }

  @Test
  void refusesTheAuthoritysOwnCertificateAsANode() {
    assertRefused(
        verifier(NOW),
        List.of(authority.certificate(), authority.certificate()),
        CloseCode.NOT_ALLOWED,
        "not a transport certificate");
  }

  @Test
  void refusesACertificateWhoseSubjectIsNotItsKey() {
    KeyPair another = Keys.generate();
    X509Certificate mislabelled =
        Certificates.build(
            new Certificates.Terms(
                Certificates.memberSubject(nodeId, authority.network()),
                another.getPublic(),
                NOW,
                NOW.plus(LIFETIME)),
            Certificates.authoritySubject(authority.network()),
            authority.identity().key(),
            false);

    assertRefused(
        verifier(NOW),
        List.of(mislabelled, authority.certificate()),
        CloseCode.NOT_ALLOWED,
        "not a transport certificate");
  }

  @Test
  void refusesACertificateThatCarriesAName() {
    X509Certificate named =
        Certificates.build(
            new Certificates.Terms(
                new X500Principal("CN=" + nodeId + ",OU=alice,O=" + authority.network()),
                node.getPublic(),
                NOW,
                NOW.plus(LIFETIME)),
            Certificates.authoritySubject(authority.network()),
            authority.identity().key(),
            false);

    assertRefused(
        verifier(NOW),
        List.of(named, authority.certificate()),
        CloseCode.NOT_ALLOWED,
        "not a transport certificate");
  }

  @Test
  void tellsAnExpiredCertificateFromAWrongClock() {
    List<X509Certificate> chain = authority.issue(node.getPublic(), NOW, LIFETIME);

    assertRefused(
        verifier(NOW.plus(LIFETIME).plusSeconds(2)),
        chain,
        CloseCode.EXPIRED,
        "expired at 2026-12");
    assertRefused(
        verifier(NOW.minus(Duration.ofDays(1))), chain, CloseCode.WRONG_CLOCK, "set the clock");
  }

  @Test
  void toleratesAClockThatIsAFewMinutesBehind() throws Exception {
    List<X509Certificate> chain = authority.issue(node.getPublic(), NOW, LIFETIME);

    assertThat(verifier(NOW.minus(Duration.ofMinutes(5))).verify(chain).key()).isEqualTo(nodeId);
  }

  @Test
  void refusesARevokedKeyWhateverItsCertificate() {
    MemberVerifier verifier =
        MemberVerifier.ofNetwork(
            authority.network(),
            (network, key) -> network.equals(authority.network()) && key.equals(nodeId),
            InstantSource.fixed(NOW));

    assertRefused(
        verifier,
        authority.issue(node.getPublic(), NOW, LIFETIME),
        CloseCode.REVOKED,
        "join again with a new key");
    assertRefused(
        verifier,
        authority.issue(node.getPublic(), NOW.plusSeconds(1), LIFETIME),
        CloseCode.REVOKED,
        "is revoked");
  }

  @Test
  void refusesKeysOfOtherCurves() throws Exception {
    java.security.KeyPairGenerator generator = java.security.KeyPairGenerator.getInstance("EC");
    generator.initialize(new java.security.spec.ECGenParameterSpec("secp384r1"));
    KeyPair large = generator.generateKeyPair();
    X509Certificate leaf =
        Certificates.transport(
            authority.identity().key(),
            authority.network(),
            large.getPublic(),
            NOW,
            NOW.plus(LIFETIME));

    assertRefused(
        verifier(NOW), List.of(leaf, authority.certificate()), CloseCode.NOT_ALLOWED, "not P-256");
  }

  @Test
  void aRelayAcceptsEveryNetworkOrOnlyTheAllowedOnes() throws Exception {
    List<X509Certificate> chain = foreign.issue(node.getPublic(), NOW, LIFETIME);
    InstantSource clock = InstantSource.fixed(NOW);

    PeerVerifier any = MemberVerifier.ofNetworks(network -> true, RevokedKeys.NONE, clock);
    PeerVerifier some =
        MemberVerifier.ofNetworks(List.of(authority.network())::contains, RevokedKeys.NONE, clock);

    assertThat(any.verify(chain).network()).isEqualTo(foreign.network());
    assertRefused(some, chain, CloseCode.NOT_ALLOWED, "which is not allowed here");
  }

  @Test
  void aRelayTellsJoiningHostsFromMembers() throws Exception {
    PeerVerifier verifier = verifier(NOW).orJoiner();
    TransportIdentity joiner = Certificates.selfSigned(node, NOW);

    assertThat(verifier.verify(joiner.chain()).kind()).isEqualTo(VerifiedPeer.Kind.JOINER);
    assertThat(verifier.verify(authority.issue(node.getPublic(), NOW, LIFETIME)).kind())
        .isEqualTo(VerifiedPeer.Kind.MEMBER);
    assertRefused(verifier(NOW), joiner.chain(), CloseCode.NOT_ALLOWED, "must join");
  }

  @Test
  void refusesAnEmptyChain() {
    assertRefused(verifier(NOW).orJoiner(), List.of(), CloseCode.NOT_ALLOWED, "no certificate");
  }

  private MemberVerifier verifier(Instant now) {
    return MemberVerifier.ofNetwork(
        authority.network(), RevokedKeys.NONE, InstantSource.fixed(now));
  }

  static void assertRefused(
      PeerVerifier verifier, List<X509Certificate> chain, CloseCode code, String words) {
    PeerRefusedException refused =
        catchThrowableOfType(PeerRefusedException.class, () -> verifier.verify(chain));
    assertThat(refused).isNotNull();
    assertThat(refused.code()).isEqualTo(code);
    assertThat(refused.oneLine()).contains(words).doesNotContain("\n");
    assertThat(refused.getStackTrace()).isEmpty();
  }
}
