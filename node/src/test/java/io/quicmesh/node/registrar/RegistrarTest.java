package io.quicmesh.node.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.OverlayAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistrarTest {

  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);

  private final Registrar registrar = new Registrar(key(0), 10);
  private RegistrarState state = network(OverlayAddress.parse("10.66.0.0/24"));

  @Test
  void theRegistrarItselfIsTheFirstMember() {
    Registrar.Grant grant = granted(registrar.enrol(state, "home", NOW));

    assertThat(grant.member().address()).hasToString("10.66.0.1/24");
    assertThat(grant.serial()).isEqualTo(1);
    assertThat(state.memberByName("home")).contains(grant.member());
  }

  @Test
  void aHostJoinsWithTheNameAndAddressOfItsInvitation() {
    enrolHome();
    Invitation invitation = granted(invite("alice", null));

    Registrar.Grant grant = granted(registrar.redeem(state, key(1), secret(1), NOW));

    assertThat(invitation.address()).hasToString("10.66.0.2/24");
    assertThat(grant.member())
        .isEqualTo(
            new Member("alice", key(1), invitation.address(), NOW.plus(Registrar.VALIDITY), null));
    assertThat(grant.serial()).isEqualTo(2);
  }

  @Test
  void anAddressMayBeAskedFor() {
    assertThat(granted(invite("alice", "10.66.0.77/24")).address()).hasToString("10.66.0.77/24");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.67.0.1/24", "10.66.0.1/16", "10.66.0.0/24", "10.66.0.255/24", "fd00::1/24"})
  void refusesAddressesOutsideOfTheSubnet(String address) {
    assertThat(refused(invite("alice", address))).isEqualTo(Refusal.ADDRESS_OUTSIDE);
  }

  @Test
  void refusesAnAddressThatIsTakenUntilItIsFreeAgain() {
    enrolHome();
    granted(invite("alice", "10.66.0.7/24"));

    assertThat(refused(invite("bob", "10.66.0.7/24"))).isEqualTo(Refusal.ADDRESS_TAKEN);
    assertThat(refused(invite("bob", "10.66.0.1/24"))).isEqualTo(Refusal.ADDRESS_TAKEN);

    granted(registrar.revoke(state, "alice", NOW));
    assertThat(granted(invite("bob", "10.66.0.7/24")).name()).isEqualTo("bob");
  }

  @Test
  void saysThatTheSubnetIsFull() {
    state = network(OverlayAddress.parse("10.66.0.0/30"));
    enrolHome();
    granted(invite("alice", null));

    assertThat(refused(invite("bob", null))).isEqualTo(Refusal.SUBNET_FULL);
  }

  @Test
  void refusesNamesThatAreNoneOrTaken() {
    enrolHome();

    assertThat(refused(invite("Not a name", null))).isEqualTo(Refusal.NAME_INVALID);
    assertThat(refused(invite("home", null))).isEqualTo(Refusal.NAME_TAKEN);
  }

  @Test
  void aNewInvitationWithdrawsTheOpenOneOfTheSameName() {
    Invitation first = granted(invite("alice", null, secret(1)));
    Invitation second = granted(invite("alice", null, secret(2)));

    assertThat(second.address()).isEqualTo(first.address());
    assertThat(refused(registrar.redeem(state, key(1), secret(1), NOW)))
        .isEqualTo(Refusal.TOKEN_UNKNOWN);
    assertThat(granted(registrar.redeem(state, key(1), secret(2), NOW)).member().name())
        .isEqualTo("alice");
  }

  @Test
  void aTokenWorksOnce() {
    granted(invite("alice", null));
    granted(registrar.redeem(state, key(1), secret(1), NOW));

    assertThat(refused(registrar.redeem(state, key(2), secret(1), NOW)))
        .isEqualTo(Refusal.TOKEN_USED);
  }

  @Test
  void theSameKeyIsAnsweredAgainBecauseItMayNotHaveHeardTheAnswer() {
    granted(invite("alice", null));
    Registrar.Grant first = granted(registrar.redeem(state, key(1), secret(1), NOW));

    Registrar.Grant again =
        granted(registrar.redeem(state, key(1), secret(1), NOW.plusSeconds(30)));

    assertThat(again.member().address()).isEqualTo(first.member().address());
    assertThat(again.serial()).isGreaterThan(first.serial());
    assertThat(state.members()).hasSize(1);
  }

  @Test
  void aTokenExpires() {
    granted(invite("alice", null));

    assertThat(refused(registrar.redeem(state, key(1), secret(1), NOW.plus(DAY))))
        .isEqualTo(Refusal.TOKEN_EXPIRED);
  }

  @Test
  void anAlteredTokenIsUnknown() {
    granted(invite("alice", null));

    assertThat(refused(registrar.redeem(state, key(1), secret(9), NOW)))
        .isEqualTo(Refusal.TOKEN_UNKNOWN);
  }

  @Test
  void oneKeyIsOneMember() {
    granted(invite("alice", null, secret(1)));
    granted(invite("bob", null, secret(2)));
    granted(registrar.redeem(state, key(1), secret(1), NOW));

    assertThat(refused(registrar.redeem(state, key(1), secret(2), NOW)))
        .isEqualTo(Refusal.KEY_IN_USE);
  }

  @Test
  void renewsAMemberEvenAfterItsCertificateHasExpired() {
    join("alice", 1);
    Instant late = NOW.plus(Registrar.VALIDITY).plus(DAY);

    Registrar.Grant grant = granted(registrar.renew(state, key(1), late));

    assertThat(grant.member().notAfter()).isEqualTo(late.plus(Registrar.VALIDITY));
    assertThat(grant.member().name()).isEqualTo("alice");
  }

  @Test
  void aClockThatWentBackDoesNotShortenWhatWasGranted() {
    join("alice", 1);

    Registrar.Grant grant = granted(registrar.renew(state, key(1), NOW.minus(DAY)));

    assertThat(grant.member().notAfter()).isEqualTo(NOW.plus(Registrar.VALIDITY));
  }

  @Test
  void aRevokedKeyIsRefusedEverywhereAndItsNameAndAddressAreFree() {
    enrolHome();
    join("alice", 1);
    long before = state.counters().revocation();

    assertThat(granted(registrar.revoke(state, "alice", NOW))).isEqualTo("alice");

    assertThat(state.revokedKeys()).containsExactly(key(1));
    assertThat(state.counters().revocation()).isGreaterThan(before);
    assertThat(refused(registrar.renew(state, key(1), NOW))).isEqualTo(Refusal.KEY_REVOKED);
    assertThat(refused(registrar.redeem(state, key(1), secret(1), NOW)))
        .isEqualTo(Refusal.KEY_REVOKED);
    assertThat(refused(registrar.rotate(state, key(1), key(2), NOW)))
        .isEqualTo(Refusal.KEY_REVOKED);
    assertThat(granted(invite("alice", null, secret(5))).address()).hasToString("10.66.0.2/24");
  }

  @Test
  void revokesByNodeIdAndByItsFirstCharacters() {
    join("alice", 1);
    join("bob", 2);

    assertThat(granted(registrar.revoke(state, key(1).toString(), NOW))).isEqualTo("alice");
    assertThat(granted(registrar.revoke(state, key(2).shortText(), NOW))).isEqualTo("bob");
    assertThat(refused(registrar.revoke(state, "carol", NOW))).isEqualTo(Refusal.NO_SUCH_NODE);
  }

  @Test
  void revokingAgainIsDoneAlready() {
    join("alice", 1);
    granted(registrar.revoke(state, "alice", NOW));
    RegistrarState revoked = state;

    assertThat(granted(registrar.revoke(state, "alice", NOW))).isEqualTo("alice");
    assertThat(granted(registrar.revoke(state, key(1).shortText(), NOW))).isEqualTo("alice");
    assertThat(state).isEqualTo(revoked);
  }

  @Test
  void revokingAnInvitationWithdrawsIt() {
    granted(invite("alice", null));

    granted(registrar.revoke(state, "alice", NOW));

    assertThat(refused(registrar.redeem(state, key(1), secret(1), NOW)))
        .isEqualTo(Refusal.TOKEN_UNKNOWN);
    assertThat(state.revoked()).isEmpty();
  }

  @Test
  void theRegistrarDoesNotRevokeItself() {
    enrolHome();

    assertThat(refused(registrar.revoke(state, "home", NOW))).isEqualTo(Refusal.REGISTRAR_ITSELF);
  }

  @Test
  void aKeyLeavesTheListWhenItsLastCertificateHasLongExpired() {
    join("alice", 1);
    granted(registrar.revoke(state, "alice", NOW));
    long number = state.counters().revocation();

    RegistrarState kept = registrar.prune(state, NOW.plus(Registrar.VALIDITY));
    RegistrarState later = registrar.prune(state, NOW.plus(Registrar.VALIDITY).plus(DAY).plus(DAY));

    assertThat(kept).isEqualTo(state);
    assertThat(later.revoked()).isEmpty();
    assertThat(later.counters().revocation()).isGreaterThan(number);
  }

  @Test
  void aFullRevocationListSaysSo() {
    for (int i = 1; i <= 10; i++) {
      join("n" + i, i);
      granted(registrar.revoke(state, "n" + i, NOW));
    }
    join("last", 11);

    assertThat(refused(registrar.revoke(state, "last", NOW))).isEqualTo(Refusal.LIST_FULL);
  }

  @Test
  void aRotatedKeyRevokesTheOldOneAndKeepsNameAndAddress() {
    Member before = join("alice", 1);

    Member after = granted(registrar.rotate(state, key(1), key(2), NOW)).member();

    assertThat(after.name()).isEqualTo("alice");
    assertThat(after.address()).isEqualTo(before.address());
    assertThat(after.key()).isEqualTo(key(2));
    assertThat(state.revokedKeys()).containsExactly(key(1));
    assertThat(state.members()).hasSize(1);
  }

  @Test
  void aRotationIsAnsweredAgainAfterACrash() {
    join("alice", 1);
    granted(registrar.rotate(state, key(1), key(2), NOW));
    RegistrarState rotated = state;

    Member again = granted(registrar.rotate(state, key(1), key(2), NOW)).member();

    assertThat(again.key()).isEqualTo(key(2));
    assertThat(state.revoked()).isEqualTo(rotated.revoked());
    assertThat(refused(registrar.rotate(state, key(1), key(3), NOW)))
        .isEqualTo(Refusal.KEY_REVOKED);
  }

  @Test
  void nobodyTakesTheKeyOfAnotherMemberByRotation() {
    join("alice", 1);
    join("bob", 2);

    assertThat(refused(registrar.rotate(state, key(2), key(1), NOW))).isEqualTo(Refusal.KEY_IN_USE);
  }

  @Test
  void whateverIsAskedNamesKeysAndAddressesStayUnique() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    enrolHome();
    Instant now = NOW;
    for (int step = 0; step < 5_000; step++) {
      now = now.plus(Duration.ofMinutes(random.nextInt(600)));
      RegistrarState before = state;
      apply(anything(random, now));

      assertThat(unique(state)).as("seed %d step %d", seed, step).isTrue();
      assertThat(state.counters().serial()).isGreaterThanOrEqualTo(before.counters().serial());
      if (!state.revokedKeys().equals(before.revokedKeys())) {
        assertThat(state.counters().revocation()).isGreaterThan(before.counters().revocation());
      }
    }
  }

  private Ruling<?> anything(Random random, Instant now) {
    Fingerprint key = key(random.nextInt(30));
    Opaque secret = secret(random.nextInt(40));
    String name = "n" + random.nextInt(20);
    return switch (random.nextInt(6)) {
      case 0, 1 -> {
        OverlayAddress address =
            random.nextBoolean() ? null : state.subnet().host(random.nextInt(40));
        yield registrar.invite(state, new Registrar.Wish(name, address, DAY), secret, now);
      }
      case 2 -> registrar.redeem(state, key, secret, now);
      case 3 -> registrar.renew(state, key, now);
      case 4 -> registrar.rotate(state, key, key(random.nextInt(30)), now);
      default -> registrar.revoke(state, name, now);
    };
  }

  private static boolean unique(RegistrarState state) {
    Set<Object> seen = new HashSet<>(state.revokedKeys());
    List<Object> all = new ArrayList<>(state.revokedKeys());
    for (Member member : state.members()) {
      for (Object each : List.of(member.name(), member.key(), member.address().address())) {
        all.add(each);
        seen.add(each);
      }
    }
    return seen.size() == all.size();
  }

  private void enrolHome() {
    granted(registrar.enrol(state, "home", NOW));
  }

  private Member join(String name, int number) {
    granted(invite(name, null, secret(number)));
    return granted(registrar.redeem(state, key(number), secret(number), NOW)).member();
  }

  private Ruling<Invitation> invite(String name, @Nullable String address) {
    return invite(name, address, secret(1));
  }

  private Ruling<Invitation> invite(String name, @Nullable String address, Opaque secret) {
    OverlayAddress wished = address == null ? null : OverlayAddress.parse(address);
    return registrar.invite(state, new Registrar.Wish(name, wished, DAY), secret, NOW);
  }

  private <T> T granted(Ruling<T> ruling) {
    assertThat(ruling).isInstanceOf(Ruling.Granted.class);
    apply(ruling);
    return ((Ruling.Granted<T>) ruling).grant();
  }

  private void apply(Ruling<?> ruling) {
    if (ruling instanceof Ruling.Granted<?> granted) {
      state = granted.next();
    }
  }

  private static Refusal refused(Ruling<?> ruling) {
    assertThat(ruling).isInstanceOf(Ruling.Refused.class);
    return ((Ruling.Refused<?>) ruling).refusal();
  }

  private static Fingerprint key(int number) {
    return Fingerprint.of(ByteBuffer.allocate(Fingerprint.BYTES).putInt(number + 1).array());
  }

  private static Opaque secret(int number) {
    return Opaque.of(new byte[] {(byte) number});
  }

  private static RegistrarState network(OverlayAddress subnet) {
    return RegistrarState.empty(new RegistrarState.Plan(subnet, Registrar.VALIDITY));
  }
}
