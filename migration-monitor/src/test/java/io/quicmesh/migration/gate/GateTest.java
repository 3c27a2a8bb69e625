package io.quicmesh.migration.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quicmesh.migration.ConnectionRole;
import io.quicmesh.migration.Deadlines;
import io.quicmesh.migration.gate.GateOutput.Challenge;
import io.quicmesh.migration.gate.GateOutput.Discard;
import io.quicmesh.migration.gate.GateOutput.Release;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GateTest {

  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
  private static final int CHALLENGE_BYTES = 48;
  private static final SourceAddress HOME = source(1, 5000);
  private static final SourceAddress AWAY = source(2, 5000);
  private static final SourceAddress STRANGER = new SourceAddress(7, 7, 7);

  private final FakeCrypto crypto = new FakeCrypto();
  private final Gate gate = new Gate(GateSettings.withChallengeBytes(CHALLENGE_BYTES), crypto, 99);
  private final GateConnection connection = gate.handleOpened(ConnectionRole.SERVER, HOME, 0);

  private static SourceAddress source(int last, int port) {
    return SourceAddress.of(new byte[] {(byte) 192, 0, 2, (byte) last}, port);
  }

  private Verdict shortPacket(SourceAddress source, long now) {
    return gate.handlePacket(connection, source, false, 100, now);
  }

  private Verdict longPacket(SourceAddress source, long now) {
    return gate.handlePacket(connection, source, true, 1200, now);
  }

  private List<GateOutput> drain() {
    List<GateOutput> outputs = new ArrayList<>();
    for (GateOutput o = gate.poll(); o != null; o = gate.poll()) {
      outputs.add(o);
    }
    return outputs;
  }

  private Challenge challenge() {
    for (GateOutput o : drain()) {
      if (o instanceof Challenge challenge) {
        return challenge;
      }
    }
    throw new AssertionError("no challenge");
  }

  @Test
  void aPacketThatBeginsAConnectionPasses() {
    assertThat(gate.handlePacket(null, STRANGER, true, 1200, 0)).isEqualTo(Verdict.ADMIT);
    assertThat(gate.count(GateReason.ADMITTED_NEW)).isEqualTo(1);
  }

  @Test
  void aShortHeaderOfAnUnknownIdIsDropped() {
    assertThat(gate.handlePacket(null, STRANGER, false, 100, 0)).isEqualTo(Verdict.DROP);
    assertThat(gate.count(GateReason.UNKNOWN_ID)).isEqualTo(1);
  }

  @Test
  void theOpeningAddressPassesWithEitherHeader() {
    assertThat(longPacket(HOME, 0)).isEqualTo(Verdict.ADMIT);
    assertThat(shortPacket(HOME, 0)).isEqualTo(Verdict.ADMIT);
  }

  @Test
  void aClientHearsItsServerOnly() {
    GateConnection dialled = gate.handleOpened(ConnectionRole.CLIENT, HOME, 0);
    gate.handleKeyed(dialled);

    assertThat(gate.handlePacket(dialled, HOME, false, 100, 0)).isEqualTo(Verdict.ADMIT);
    assertThat(gate.handlePacket(dialled, HOME, true, 1200, 0)).isEqualTo(Verdict.ADMIT);
    assertThat(gate.handlePacket(dialled, AWAY, false, 100, 0)).isEqualTo(Verdict.DROP);
    assertThat(gate.handlePacket(dialled, AWAY, true, 1200, 0)).isEqualTo(Verdict.DROP);
    assertThat(gate.count(GateReason.NOT_THE_SERVER)).isEqualTo(2);
    assertThat(drain()).isEmpty();
  }

  @Test
  void longHeadersOfAKnownIdFromElsewhereDrawNothing() {
    gate.handleKeyed(connection);

    assertThat(longPacket(STRANGER, 0)).isEqualTo(Verdict.DROP);
    assertThat(gate.count(GateReason.LONG_HEADER)).isEqualTo(1);
    assertThat(drain()).isEmpty();
  }

  @Test
  void longHeadersStayBoundToTheOpeningAddressAfterAMigration() {
    gate.handleKeyed(connection);
    shortPacket(AWAY, 0);
    gate.handleAnswer(connection, AWAY, crypto.answer(challenge()), MS);

    assertThat(longPacket(AWAY, 2 * MS)).isEqualTo(Verdict.DROP);
    assertThat(longPacket(HOME, 2 * MS)).isEqualTo(Verdict.ADMIT);
  }

  @Test
  void beforeTheKeyAllElseIsDropped() {
    assertThat(shortPacket(AWAY, 0)).isEqualTo(Verdict.DROP);
    assertThat(gate.count(GateReason.NO_KEY)).isEqualTo(1);
    assertThat(drain()).isEmpty();
  }

  @Test
  void aGenuineRebindingPassesAfterOneAnswer() {
    gate.handleKeyed(connection);

    Verdict first = shortPacket(AWAY, 0);
    long firstTicket = gate.ticket();
    Challenge challenge = challenge();
    Verdict second = shortPacket(AWAY, MS);
    long secondTicket = gate.ticket();
    boolean answered = gate.handleAnswer(connection, AWAY, crypto.answer(challenge), 20 * MS);

    assertThat(first).isEqualTo(Verdict.HOLD);
    assertThat(second).isEqualTo(Verdict.HOLD);
    assertThat(challenge.connection()).isEqualTo(connection);
    assertThat(challenge.source()).isEqualTo(AWAY);
    assertThat(answered).isTrue();
    assertThat(drain()).containsExactly(new Release(firstTicket), new Release(secondTicket));
    assertThat(shortPacket(AWAY, 21 * MS)).isEqualTo(Verdict.ADMIT);
    assertThat(shortPacket(HOME, 21 * MS)).isEqualTo(Verdict.ADMIT);
    assertThat(gate.nextDeadlineNanos()).isEqualTo(Deadlines.NEVER);
  }

  @Test
  void aStrangerWithACopiedPacketDrawsOneChallengeAndNothingElse() {
    gate.handleKeyed(connection);

    List<Verdict> verdicts = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      verdicts.add(shortPacket(STRANGER, i * MS));
    }

    assertThat(verdicts).containsOnly(Verdict.HOLD);
    assertThat(drain()).hasSize(1).allMatch(o -> o instanceof Challenge);
    assertThat(gate.count(GateReason.CHALLENGE_PENDING)).isEqualTo(4);
  }

  @Test
  void anEchoOfTheCookieWithoutTheKeyIsWrong() {
    gate.handleKeyed(connection);
    shortPacket(STRANGER, 0);
    Challenge challenge = challenge();

    boolean answered =
        gate.handleAnswer(
            connection,
            STRANGER,
            new GateAnswer(challenge.timeSlot(), challenge.cookie(), challenge.cookie()),
            MS);

    assertThat(answered).isFalse();
    assertThat(gate.count(GateReason.ANSWER_WRONG)).isEqualTo(1);
    assertThat(shortPacket(STRANGER, 2 * MS)).isEqualTo(Verdict.HOLD);
  }

  @Test
  void anAnswerForAnotherSourceIsWrong() {
    gate.handleKeyed(connection);
    shortPacket(AWAY, 0);
    GateAnswer answer = crypto.answer(challenge());

    assertThat(gate.handleAnswer(connection, STRANGER, answer, MS)).isFalse();
    assertThat(gate.handleAnswer(connection, source(2, 5001), answer, MS)).isFalse();
  }

  @Test
  void anAnswerForAnotherConnectionIsWrong() {
    GateConnection other = gate.handleOpened(ConnectionRole.SERVER, HOME, 0);
    gate.handleKeyed(connection);
    gate.handleKeyed(other);
    shortPacket(AWAY, 0);
    GateAnswer answer = crypto.answer(challenge());

    assertThat(gate.handleAnswer(other, AWAY, answer, MS)).isFalse();
    assertThat(gate.handleAnswer(null, AWAY, answer, MS)).isFalse();
  }

  @Test
  void anAnswerThatIsTooOldIsStale() {
    gate.handleKeyed(connection);
    shortPacket(AWAY, 0);
    GateAnswer answer = crypto.answer(challenge());

    assertThat(gate.handleAnswer(connection, AWAY, answer, 4000 * MS)).isFalse();
    assertThat(gate.count(GateReason.ANSWER_STALE)).isEqualTo(1);
    assertThat(gate.handleAnswer(connection, AWAY, answer, 3999 * MS)).isTrue();
  }

  @Test
  void anAnswerFromTheFutureIsStale() {
    gate.handleKeyed(connection);
    shortPacket(AWAY, 5000 * MS);
    GateAnswer answer = crypto.answer(challenge());

    assertThat(gate.handleAnswer(connection, AWAY, answer, 0)).isFalse();
  }

  @Test
  void anAnswerBeforeTheKeyIsWrong() {
    GateAnswer answer = new GateAnswer(0, crypto.cookie(AWAY, connection, 0), new byte[0]);

    assertThat(gate.handleAnswer(connection, AWAY, answer, 0)).isFalse();
  }

  @Test
  void holdsEightPacketsOfAConnection() {
    gate.handleKeyed(connection);
    for (int i = 0; i < 8; i++) {
      assertThat(shortPacket(source(10 + i, 1), 0)).isEqualTo(Verdict.HOLD);
    }

    assertThat(shortPacket(AWAY, 0)).isEqualTo(Verdict.DROP);
    assertThat(gate.count(GateReason.HELD_FULL)).isEqualTo(1);
  }

  @Test
  void aFullHoldDoesNotKeepTheGenuinePeerFromItsChallenge() {
    gate.handleKeyed(connection);
    for (int i = 0; i < 8; i++) {
      shortPacket(new SourceAddress(i, i, i), 0);
    }
    drain();

    shortPacket(AWAY, 0);
    boolean answered = gate.handleAnswer(connection, AWAY, crypto.answer(challenge()), MS);

    assertThat(answered).isTrue();
    assertThat(shortPacket(AWAY, 2 * MS)).isEqualTo(Verdict.ADMIT);
  }

  @Test
  void dropsWhatWasHeldForTooLong() {
    gate.handleKeyed(connection);
    shortPacket(AWAY, 0);
    long first = gate.ticket();
    shortPacket(STRANGER, 50 * MS);
    drain();

    long deadline = gate.nextDeadlineNanos();
    gate.handleDeadline(deadline);

    assertThat(deadline).isEqualTo(100 * MS);
    assertThat(drain()).containsExactly(new Discard(first));
    assertThat(gate.nextDeadlineNanos()).isEqualTo(150 * MS);
    assertThat(gate.count(GateReason.EXPIRED)).isEqualTo(1);
  }

  @Test
  void challengesAnewOnceTheHoldIsOver() {
    gate.handleKeyed(connection);
    shortPacket(AWAY, 0);
    gate.handleDeadline(100 * MS);
    drain();

    shortPacket(AWAY, 101 * MS);

    assertThat(challenge().source()).isEqualTo(AWAY);
  }

  @Test
  void aSourceThatGoesOnSendingIsChallengedAgainAfterALostChallenge() {
    gate.handleKeyed(connection);
    for (long now = 0; now <= 250 * MS; now += 20 * MS) {
      gate.handleDeadline(now);
      shortPacket(AWAY, now);
    }

    assertThat(drain().stream().filter(Challenge.class::isInstance)).hasSize(3);
    assertThat(gate.count(GateReason.CHALLENGED)).isEqualTo(3);
  }

  @Test
  void aChallengeIsNeverLargerThanItsTrigger() {
    gate.handleKeyed(connection);

    Verdict small = gate.handlePacket(connection, AWAY, false, CHALLENGE_BYTES - 1, 0);
    List<GateOutput> afterSmall = drain();
    gate.handlePacket(connection, AWAY, false, CHALLENGE_BYTES, 1);

    assertThat(small).isEqualTo(Verdict.HOLD);
    assertThat(afterSmall).isEmpty();
    assertThat(gate.count(GateReason.CHALLENGE_TOO_LARGE)).isEqualTo(1);
    assertThat(challenge().source()).isEqualTo(AWAY);
  }

  @Test
  void challengesTenASecondToAPrefix() {
    gate.handleKeyed(connection);
    for (int i = 0; i < 30; i++) {
      shortPacket(source(100 + i, 1), i);
    }

    assertThat(drain()).hasSize(10);
    assertThat(gate.count(GateReason.CHALLENGE_LIMITED)).isEqualTo(20);
  }

  @Test
  void closingDropsWhatIsHeld() {
    gate.handleKeyed(connection);
    shortPacket(AWAY, 0);
    long ticket = gate.ticket();
    drain();

    gate.handleClosed(connection);

    assertThat(drain()).containsExactly(new Discard(ticket));
    assertThat(gate.nextDeadlineNanos()).isEqualTo(Deadlines.NEVER);
    gate.handleDeadline(MINUTE);
    assertThat(drain()).isEmpty();
  }

  @Test
  void anAddressThatWasLeftLongAgoHasToAnswerAgain() {
    gate.handleKeyed(connection);
    shortPacket(AWAY, 0);
    gate.handleAnswer(connection, AWAY, crypto.answer(challenge()), MS);
    shortPacket(AWAY, 2 * MS);

    assertThat(shortPacket(HOME, 4 * MINUTE)).isEqualTo(Verdict.ADMIT);
    assertThat(shortPacket(AWAY, 10 * MINUTE)).isEqualTo(Verdict.HOLD);
    assertThat(shortPacket(HOME, 60 * MINUTE)).isEqualTo(Verdict.ADMIT);
  }

  @Test
  void remembersTheLastEightAddresses() {
    gate.handleKeyed(connection);
    for (int i = 0; i < 8; i++) {
      SourceAddress source = new SourceAddress(i, i, i);
      shortPacket(source, i);
      gate.handleAnswer(connection, source, crypto.answer(challenge()), i);
    }

    assertThat(shortPacket(new SourceAddress(0, 0, 0), 10)).isEqualTo(Verdict.ADMIT);
    assertThat(shortPacket(HOME, 10)).isEqualTo(Verdict.HOLD);
  }

  @Test
  void countsEveryReason() {
    shortPacket(HOME, 0);

    assertThat(gate.counts()).containsOnlyKeys(GateReason.values());
    assertThat(gate.counts()).containsEntry(GateReason.ADMITTED, 1L);
    assertThat(GateReason.HELD_FULL.label()).isEqualTo("held-full");
  }

  @Test
  void challengesAreComparedByValue() {
    byte[] cookie = {1, 2};
    Challenge one = new Challenge(connection, AWAY, 3, cookie);

    assertThat(one).isEqualTo(new Challenge(connection, AWAY, 3, cookie.clone()));
    assertThat(one).hasSameHashCodeAs(new Challenge(connection, AWAY, 3, cookie.clone()));
    assertThat(one).isNotEqualTo(new Challenge(connection, AWAY, 3, new byte[2]));
  }

  @Test
  void refusesBoundsThatMakeNoSense() {
    assertThatThrownBy(() -> new GateSettings(8, 0, 10, 48, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
