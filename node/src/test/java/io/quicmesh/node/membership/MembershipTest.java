package io.quicmesh.node.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quicmesh.node.membership.MembershipException.Kind;
import io.quicmesh.node.registrar.Refusal;
import io.quicmesh.node.registrar.Registrar;
import io.quicmesh.transport.identity.RevocationBook;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.OverlayAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MembershipTest {

  @TempDir(factory = MemoryFileSystem.class)
  Path temporary;

  private TestHost home;
  private TestHost alice;

  @BeforeEach
  void makeHosts() {
    home = new TestHost(temporary.resolve("home"));
    alice = new TestHost(temporary.resolve("alice"));
  }

  @Test
  void whoeverMakesANetworkIsItsRegistrarAndFirstMember() throws Exception {
    MemberState state = home.createNetwork();

    assertThat(state.isRegistrar()).isTrue();
    assertThat(state.name()).isEqualTo("home");
    assertThat(state.address()).hasToString("10.66.0.1/24");
    assertThat(state.network().relays()).containsExactly(TestHost.RELAY);
    assertThat(home.membership().open()).isEqualTo(state);
  }

  @Test
  void aHostJoinsWithATokenAndAKeyOfItsOwn() throws Exception {
    MemberState registrar = home.createNetwork();
    InviteToken token = InviteToken.parse(home.invite("alice").text() + "\n");

    MemberState state = alice.membership().join(token, home.link());

    assertThat(state.name()).isEqualTo("alice");
    assertThat(state.address()).hasToString("10.66.0.2/24");
    assertThat(state.network()).isEqualTo(registrar.network());
    assertThat(state.isRegistrar()).isFalse();
    assertThat(alice.membership().open()).isEqualTo(state);
    assertThat(alice.path().toFile().list())
        .containsExactlyInAnyOrder(
            "lock", "node.pem", "network.json", "revocations.bin", "audit.log");
    assertThat(Files.readString(alice.path().resolve("audit.log")))
        .contains("joined name=alice node=" + state.id());
    assertThat(Files.readString(home.path().resolve("audit.log")))
        .contains(
            "enrolled name=home", "invited name=alice", "joined name=alice node=" + state.id());
  }

  @Test
  void theTransportCertificateCarriesNoName() throws Exception {
    home.createNetwork();
    MemberState state = alice.membership().join(home.invite("alice"), home.link());

    assertThat(state.transport().leaf().toString()).doesNotContain("alice").doesNotContain("lab");
  }

  @Test
  void aTokenWorksOnceAndForATime() throws Exception {
    home.createNetwork();
    TestHost bob = new TestHost(temporary.resolve("bob"));
    InviteToken used = home.invite("alice");
    InviteToken old = home.invite("bob");
    alice.membership().join(used, home.link());

    assertRefused(() -> bob.membership().join(used, home.link()), "already used by another host");
    home.advance(Duration.ofHours(25));
    assertRefused(() -> bob.membership().join(old, home.link()), "the token has expired");
    assertThat(Files.readString(home.path().resolve("audit.log")))
        .contains("reason=TOKEN_USED", "reason=TOKEN_EXPIRED");
    assertThat(bob.membership().isMember()).isFalse();
  }

  @Test
  void aTokenWithAnotherSecretIsUnknownAndGuessingIsLimited() throws Exception {
    home.createNetwork();
    InviteToken token = home.invite("alice");
    InviteToken guessed = new InviteToken(token.network(), Opaque.of(new byte[16]), token.relays());
    JoinDesk desk = new JoinDesk(home.membership().registrar().orElseThrow(), home.clock());
    RegistrarLink link =
        call -> desk.answer(call.self().fingerprint(), call.request().toBytes(), 0);

    assertRefused(() -> alice.membership().join(guessed, link), "not one of this network's");
    for (int i = 0; i < 40; i++) {
      assertThatThrownBy(() -> alice.membership().join(guessed, link))
          .isInstanceOf(MembershipException.class);
    }
    assertRefused(() -> alice.membership().join(guessed, link), "wait ten minutes");
    assertThat(desk.refused())
        .hasEntrySatisfying(Refusal.TOKEN_UNKNOWN, count -> assertThat(count).isPositive())
        .hasEntrySatisfying(Refusal.TOO_MANY_ATTEMPTS, count -> assertThat(count).isPositive());
  }

  @Test
  void aMemberCannotJoinAgainOrElsewhere() throws Exception {
    home.createNetwork();
    alice.membership().join(home.invite("alice"), home.link());
    TestHost other = new TestHost(temporary.resolve("other"));
    other.createNetwork();

    assertFailed(
        () -> alice.membership().join(home.invite("alice2"), home.link()),
        "already a member of network lab, as alice");
    assertFailed(
        () -> alice.membership().join(other.invite("alice"), other.link()),
        "use another --state-dir");
    assertFailed(
        () -> home.membership().join(other.invite("second"), other.link()),
        "holds the registrar of network lab");
    assertFailed(() -> home.createNetwork(), "use another --state-dir");
  }

  @Test
  void aMemberRenewsAlsoWhenItsCertificateHasExpired() throws Exception {
    home.createNetwork();
    MemberState before = alice.membership().join(home.invite("alice"), home.link());
    home.advance(Duration.ofDays(40));
    alice.advance(Duration.ofDays(40));

    MemberState after = alice.membership().renew(home.link());

    assertThat(after.id()).isEqualTo(before.id());
    assertThat(after.transport().notAfter()).isEqualTo(TestHost.START.plus(Duration.ofDays(70)));
    assertThat(after.record().validity().serial())
        .isGreaterThan(before.record().validity().serial());
    assertThat(alice.membership().open()).isEqualTo(after);
  }

  @Test
  void theRegistrarRenewsItself() throws Exception {
    home.createNetwork();
    home.advance(Duration.ofDays(20));

    MemberState after =
        home.membership()
            .renew(
                call -> {
                  throw new AssertionError("no way needed");
                });

    assertThat(after.transport().notAfter()).isEqualTo(TestHost.START.plus(Duration.ofDays(50)));
    assertThat(home.membership().open()).isEqualTo(after);
  }

  @Test
  void aRevokedMemberGetsNothingMoreUntilItIsInvitedAnew() throws Exception {
    home.createNetwork();
    MemberState before = alice.membership().join(home.invite("alice"), home.link());

    assertThat(home.membership().revoke("alice")).isEqualTo("alice");

    RevocationBook book = home.membership().revocations();
    assertThat(book.contains(before.network().id(), before.id())).isTrue();
    assertRefused(() -> alice.membership().renew(home.link()), "this host's key is revoked");

    byte[] signed = signedList(home, before);
    Membership aliceNow = alice.membership();
    RevocationBook aliceBook = aliceNow.revocations();
    assertThat(aliceNow.acceptRevocations(signed, before.network().id(), aliceBook)).isTrue();
    assertThat(aliceNow.acceptRevocations(signed, before.network().id(), aliceBook)).isFalse();
    MemberState after = alice.membership().join(home.invite("alice"), home.link());
    assertThat(after.id()).isNotEqualTo(before.id());
    assertThat(after.address()).isEqualTo(before.address());
  }

  @Test
  void aStoredRevocationListSurvivesARestartAndAForeignOneIsRefused() throws Exception {
    MemberState registrar = home.createNetwork();
    alice.membership().join(home.invite("alice"), home.link());
    home.invite("bob");
    home.membership().revoke("bob");
    TestHost other = new TestHost(temporary.resolve("other"));
    byte[] foreign = signedList(other, other.createNetwork());

    RevocationBook book = alice.membership().revocations();
    assertThat(book.newest(registrar.network().id())).isNotNull();
    assertFailed(
        () -> alice.membership().acceptRevocations(foreign, registrar.network().id(), book),
        "of another network");
  }

  @Test
  void aKeyIsRotatedAndTheOldOneRevoked() throws Exception {
    home.createNetwork();
    MemberState before = alice.membership().join(home.invite("alice"), home.link());

    MemberState after = alice.membership().rotateKey(home.link());

    assertThat(after.id()).isNotEqualTo(before.id());
    assertThat(after.name()).isEqualTo("alice");
    assertThat(after.address()).isEqualTo(before.address());
    assertThat(alice.membership().open()).isEqualTo(after);
    assertThat(home.membership().revocations().contains(before.network().id(), before.id()))
        .isTrue();
    assertThat(alice.membership().revocations().contains(before.network().id(), before.id()))
        .isTrue();
  }

  @Test
  void refusesFilesThatOthersMayRead() throws Exception {
    home.createNetwork();
    alice.membership().join(home.invite("alice"), home.link());
    Path key = alice.path().resolve("node.pem");

    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    assertFailed(() -> alice.membership().open(), "chmod 600 " + key);

    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    Files.setPosixFilePermissions(alice.path(), PosixFilePermissions.fromString("rwxr-xr-x"));
    assertFailed(() -> alice.membership().open(), "chmod 700 " + alice.path());
  }

  @Test
  void refusesTheCaKeyWhenOthersMayReadIt() throws Exception {
    home.createNetwork();
    Path key = home.path().resolve("ca.pem");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));

    assertFailed(() -> home.invite("alice"), "chmod 600 " + key);
  }

  @Test
  void tellsAWrongClockFromAnExpiredCertificate() throws Exception {
    home.createNetwork();
    alice.advance(Duration.ofDays(-2));
    InviteToken token = home.invite("alice");

    assertFailed(() -> alice.membership().join(token, home.link()), "set the clock");

    alice.advance(Duration.ofDays(2));
    alice.membership().join(token, home.link());
    alice.advance(Duration.ofDays(-2));
    assertFailed(() -> alice.membership().open(), "set the clock");
    alice.advance(Duration.ofDays(60));
    assertThat(alice.membership().open().transport().notAfter())
        .isEqualTo(TestHost.START.plus(Duration.ofDays(30)));
  }

  @Test
  void aClockThatIsAheadIsToldFromACertificateThatIsOver() throws Exception {
    home.createNetwork();
    InviteToken token = home.invite("alice");
    alice.advance(Duration.ofDays(60));

    assertFailed(
        () -> alice.membership().join(token, home.link()),
        "after the end of the certificate that was just issued");

    alice.advance(Duration.ofDays(-60));
    assertThat(alice.membership().join(token, home.link()).name()).isEqualTo("alice");
  }

  @Test
  void saysWhatIsMissingOnAHostThatIsNoMember() {
    assertFailed(() -> alice.membership().open(), "run 'quicmesh join' with a token");
    assertFailed(() -> alice.invite("bob"), "run 'quicmesh join' with a token");
  }

  @Test
  void onlyTheRegistrarInvites() throws Exception {
    home.createNetwork();
    alice.membership().join(home.invite("alice"), home.link());

    assertFailed(() -> alice.invite("bob"), "this host is not the registrar of its network");
  }

  @Test
  void saysWhatIsWrongWithAnInvitation() throws Exception {
    home.createNetwork();

    MembershipException name =
        catchThrowableOfType(MembershipException.class, () -> home.invite("No\nname"));
    assertThat(name.kind()).isEqualTo(Kind.USAGE);
    assertThat(name.oneLine()).startsWith("cannot invite 'No?name': a name has");
    assertFailed(() -> home.invite("home"), "a member has this name");
    for (Duration ttl : List.of(Duration.ZERO, Duration.ofHours(-1), Duration.ofDays(31))) {
      assertThrown(
          () -> home.membership().invite(new Registrar.Wish("bob", null, ttl)),
          Kind.USAGE,
          "at most 30 days");
    }
    assertFailed(
        () ->
            home.membership()
                .invite(
                    new Registrar.Wish(
                        "bob", OverlayAddress.parse("10.67.0.1/24"), Duration.ofHours(1))),
        "not one of the network's subnet");
    assertFailed(() -> home.membership().revoke("nobody"), "cannot revoke 'nobody'");
  }

  @Test
  void aNetworkWithoutARelayInvitesNobodyUntilItHasOne() throws Exception {
    home.membership()
        .create(
            new Membership.Plan("lab", OverlayAddress.parse("10.66.0.0/24"), List.of(), "home"));

    assertFailed(() -> home.invite("alice"), "has no relay");
    home.membership().setRelays(List.of(TestHost.RELAY));

    assertThat(home.invite("alice").relays()).containsExactly(TestHost.RELAY);
  }

  @Test
  void aBadPlanIsRefusedBeforeAnythingIsMade() {
    for (Membership.Plan plan :
        List.of(
            new Membership.Plan("No name", OverlayAddress.parse("10.0.0.0/8"), List.of(), "home"),
            new Membership.Plan("lab", OverlayAddress.parse("10.0.0.0/8"), List.of(), ""),
            new Membership.Plan("lab", OverlayAddress.parse("10.0.0.0/31"), List.of(), "home"))) {
      MembershipException refused =
          catchThrowableOfType(MembershipException.class, () -> home.membership().create(plan));
      assertThat(refused.kind()).isEqualTo(Kind.USAGE);
    }
    assertThat(home.path().resolve("ca.pem")).doesNotExist();
  }

  @Test
  void anAnswerOfAnotherRegistrarIsRefused() throws Exception {
    home.createNetwork();
    TestHost other = new TestHost(temporary.resolve("other"));
    other.createNetwork();
    InviteToken token = home.invite("alice");
    InviteToken same = other.invite("alice");
    RegistrarLink wrong =
        call ->
            other
                .link()
                .exchange(
                    new RegistrarLink.Call(
                        call.network(),
                        call.relays(),
                        call.self(),
                        Opaque.of(
                            new JoinRequest.Join(call.self().leaf().getPublicKey(), same.secret())
                                .encode())));

    assertFailed(() -> alice.membership().join(token, wrong), "answered for another network");
    assertThat(alice.membership().isMember()).isFalse();
  }

  @Test
  void twoProcessesShareTheRegistrarsState() throws Exception {
    home.createNetwork();
    RegistrarService daemon = home.membership().registrar().orElseThrow();

    InviteToken token = home.invite("alice");
    JoinDesk desk = new JoinDesk(daemon, home.clock());
    MemberState state =
        alice
            .membership()
            .join(
                token, call -> desk.answer(call.self().fingerprint(), call.request().toBytes(), 0));
    home.membership().revoke("alice");

    assertThat(daemon.state().revokedKeys()).containsExactly(state.id());
  }

  private static byte[] signedList(TestHost host, MemberState state) throws Exception {
    RevocationBook.Entry newest = host.membership().revocations().newest(state.network().id());
    assertThat(newest).isNotNull();
    return newest.signed().toBytes();
  }

  private static void assertRefused(Callable<?> action, String words) {
    assertThrown(action, Kind.NOT_AUTHORISED, words);
  }

  private static void assertFailed(Callable<?> action, String words) {
    assertThrown(action, Kind.FAILED, words);
  }

  private static void assertThrown(Callable<?> action, Kind kind, String words) {
    MembershipException thrown = catchThrowableOfType(MembershipException.class, action::call);
    assertThat(thrown).as("nothing was refused where '%s' was expected", words).isNotNull();
    assertThat(thrown.oneLine()).contains(words).doesNotContain("\n");
    assertThat(thrown.kind()).isEqualTo(kind);
  }
}
