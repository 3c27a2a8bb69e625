package io.quicmesh.transport.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quicmesh.transport.identity.VerifiedPeer.Kind;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.MemberName;
import io.quicmesh.transport.wire.OverlayAddress;
import io.quicmesh.transport.wire.WireException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MembershipRecordTest {

  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

  private final CertificateAuthority authority = CertificateAuthority.create(NOW);
  private final CertificateAuthority foreign = CertificateAuthority.create(NOW);
  private final Fingerprint node = Keys.fingerprint(Keys.generate().getPublic());

  @ParameterizedTest
  @ValueSource(strings = {"10.66.0.5/24", "fd00:66::5/64", "0.0.0.0/0"})
  void readsBackWhatTheAuthoritySigned(String address) throws Exception {
    MembershipRecord record = record("alice", address);

    assertThat(MembershipRecord.open(record.sign(authority), authority.network()))
        .isEqualTo(record);
  }

  @Test
  void refusesTheRecordOfAnotherNetwork() {
    byte[] signed = record("alice", "10.66.0.5/24").sign(authority);

    assertThatThrownBy(() -> MembershipRecord.open(signed, foreign.network()))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("of another network");
  }

  @Test
  void refusesEveryAlteration() {
    byte[] signed = record("alice", "10.66.0.5/24").sign(authority);

    for (int i = 0; i < signed.length; i++) {
      byte[] altered = signed.clone();
      altered[i] ^= 1;
      assertThatThrownBy(() -> MembershipRecord.open(altered, authority.network()))
          .as("byte %d", i)
          .isInstanceOf(WireException.class);
    }
  }

  @Test
  void refusesEveryTruncationAndAddition() {
    byte[] signed = record("alice", "10.66.0.5/24").sign(authority);

    for (int length = 0; length < signed.length; length++) {
      byte[] cut = Arrays.copyOf(signed, length);
      assertThatThrownBy(() -> MembershipRecord.open(cut, authority.network()))
          .isInstanceOf(WireException.class);
    }
    assertThatThrownBy(
            () ->
                MembershipRecord.open(
                    Arrays.copyOf(signed, signed.length + 1), authority.network()))
        .isInstanceOf(WireException.class);
  }

  @Test
  void aRevocationListIsNoMembershipRecord() {
    byte[] list =
        new RevocationList(authority.network(), 1, NOW, java.util.Set.of()).sign(authority);

    assertThatThrownBy(() -> MembershipRecord.open(list, authority.network()))
        .hasMessageContaining("did not sign");
  }

  @Test
  void holdsForItsNodeAndTimeOnly() {
    MembershipRecord record = record("alice", "10.66.0.5/24");
    VerifiedPeer peer = new VerifiedPeer(node, authority.network(), Kind.MEMBER, NOW);
    VerifiedPeer other =
        new VerifiedPeer(authority.network(), authority.network(), Kind.MEMBER, NOW);

    assertThatCode(() -> record.check(peer, NOW.plusSeconds(60))).doesNotThrowAnyException();
    assertThat(refusal(record, other, NOW)).isEqualTo(CloseCode.WRONG_PEER);
    assertThat(refusal(record, peer, NOW.plus(Duration.ofDays(31)))).isEqualTo(CloseCode.EXPIRED);
    assertThat(refusal(record, peer, NOW.minusSeconds(1))).isEqualTo(CloseCode.WRONG_CLOCK);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Alice", "-a", "a-", "a b", "a/b", "ä", "a\n", "..", "."})
  void refusesNamesThatAreNone(String name) {
    assertThat(MemberName.isValid(name)).isFalse();
    assertThatThrownBy(() -> record(name, "10.66.0.5/24").sign(authority))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void acceptsNamesOfHosts() {
    assertThat(MemberName.isValid("a")).isTrue();
    assertThat(MemberName.isValid("web-01.example_net")).isTrue();
    assertThat(MemberName.isValid("a".repeat(63))).isTrue();
    assertThat(MemberName.isValid("a".repeat(64))).isFalse();
  }

  private static CloseCode refusal(MembershipRecord record, VerifiedPeer peer, Instant now) {
    PeerRefusedException refused =
        catchThrowableOfType(PeerRefusedException.class, () -> record.check(peer, now));
    assertThat(refused).isNotNull();
    return refused.code();
  }

  private MembershipRecord record(String name, String address) {
    return new MembershipRecord(
        node,
        authority.network(),
        name,
        OverlayAddress.parse(address),
        new MembershipRecord.Term(NOW, NOW.plus(Duration.ofDays(30)), 7));
  }
}
