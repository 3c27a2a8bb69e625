package io.quicmesh.node.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quicmesh.node.membership.MembershipException.Kind;
import io.quicmesh.transport.wire.Fingerprint;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InviteTokenTest {

  private static final Fingerprint NETWORK = fingerprint(1);
  private static final List<RelayAddress> RELAYS =
      List.of(
          new RelayAddress("relay.example.org", 4433, fingerprint(2)),
          new RelayAddress("fd00::1", 65_535, fingerprint(3)),
          new RelayAddress("192.0.2.1", 1, fingerprint(4)));

  @Test
  void isOneLineThatIsReadBack() throws Exception {
    InviteToken token = InviteToken.create(NETWORK, RELAYS);

    assertThat(token.text()).matches("qm1_[A-Za-z0-9_-]+");
    assertThat(InviteToken.parse(token.text())).isEqualTo(token);
    assertThat(InviteToken.parse("  " + token.text() + "\r\n")).isEqualTo(token);
    assertThat(token.secret().length()).isEqualTo(16);
  }

  @Test
  void everyTokenHasASecretOfItsOwnThatItDoesNotPrint() {
    InviteToken one = InviteToken.create(NETWORK, RELAYS);
    InviteToken other = InviteToken.create(NETWORK, RELAYS);

    assertThat(one.secret()).isNotEqualTo(other.secret());
    assertThat(one.secretHash()).isNotEqualTo(one.secret());
    assertThat(one.toString()).contains("secret=[16 bytes]");
  }

  @Test
  void carriesOnlySoManyRelays() throws Exception {
    InviteToken token = InviteToken.create(NETWORK, Collections.nCopies(20, RELAYS.get(0)));

    assertThat(InviteToken.parse(token.text()).relays()).hasSize(InviteToken.RELAYS_MAX);
  }

  @Test
  void anyAlteredCharacterIsNoticed() {
    String text = InviteToken.create(NETWORK, RELAYS).text();
    for (int i = 4; i < text.length(); i++) {
      char other = text.charAt(i) == 'A' ? 'B' : 'A';
      String altered = text.substring(0, i) + other + text.substring(i + 1);
      assertThat(refusal(altered).kind()).as("character %d", i).isEqualTo(Kind.NOT_AUTHORISED);
    }
  }

  @Test
  void aTokenThatWasCopiedInPartIsDamaged() {
    String text = InviteToken.create(NETWORK, RELAYS).text();
    for (int length = 4; length < text.length(); length++) {
      assertThat(refusal(text.substring(0, length)).oneLine()).startsWith("the token is damaged");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "-", "hello", "quicmesh join qm1_abc", "QM1_abc"})
  void whatIsNoTokenIsAMisuse(String text) {
    MembershipException refused = refusal(text);

    assertThat(refused.kind()).isEqualTo(Kind.USAGE);
    assertThat(refused.oneLine()).contains("this is no token");
  }

  @Test
  void aTokenOfALaterVersionSaysSo() {
    assertThat(refusal("qm2_abcdef").oneLine()).contains("of another version");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "relay.example.org:4433#FP",
        "192.0.2.1:1#FP",
        "[fd00::1]:65535#FP",
        "localhost:4433#FP"
      })
  void relayAddressesPrintAsTheyAreParsed(String text) {
    String whole = text.replace("FP", fingerprint(5).toString());

    assertThat(RelayAddress.parse(whole)).hasToString(whole);
    assertThat(RelayAddress.parse(whole).label()).isEqualTo(text.replace("#FP", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "relay",
        "relay:4433",
        "relay#FP",
        "relay:0#FP",
        "relay:65536#FP",
        "fd00::1:4433#FP",
        "re lay:4433#FP",
        "relay:4433#FPa",
        "relay:4433#",
        "[relay]:4433#FP",
        "relay\n:4433#FP"
      })
  void refusesRelayAddressesThatAreNone(String text) {
    String whole = text.replace("FP", fingerprint(5).toString());

    IllegalArgumentException refused =
        catchThrowableOfType(IllegalArgumentException.class, () -> RelayAddress.parse(whole));
    assertThat(refused).isNotNull();
  }

  private static MembershipException refusal(String text) {
    MembershipException refused =
        catchThrowableOfType(MembershipException.class, () -> InviteToken.parse(text));
    assertThat(refused).isNotNull();
    return refused;
  }

  private static Fingerprint fingerprint(int number) {
    return Fingerprint.of(ByteBuffer.allocate(Fingerprint.BYTES).putInt(number).array());
  }
}
