package io.quicmesh.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A direct path that comes and goes: how often does the session move with it? */
class CarrierChoiceFlapTest {

  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final CarrierId RELAY = new CarrierId(CarrierKind.RELAY, "a:4433");
  private static final CarrierId DIRECT = new CarrierId(CarrierKind.DIRECT, "d");

  private final CarrierChoice choice = new CarrierChoice(ChoiceSettings.DEFAULT);
  private final List<ChoiceOutput.Move> moves = new ArrayList<>();

  private void start() {
    choice.handleCarrierUp(RELAY, 0);
    choice.handleCarrierUp(DIRECT, 0);
    choice.handleEstablished(DIRECT, 0);
    while (choice.poll() != null) {}
  }

  private void startAndFlapFrom3To6Seconds() {
    start();
    choice.handleSilent(DIRECT, 3_000 * MS);
    step(3_000 * MS);
    choice.handleHeardAgain(DIRECT, 6_000 * MS);
  }

  private void step(long now) {
    choice.handleDeadline(now);
    while (choice.poll() instanceof ChoiceOutput.Move move) {
      moves.add(move);
      choice.handleHandoverEnded(
          Reports.ended(move.to(), move.to(), HandoverResult.DONE, move.cause()), now);
    }
  }

  @Test
  void aPathThatFlapsEveryThreeSecondsForTwoMinutesCausesAtMostSixHandovers() {
    start();
    for (long t = 0; t < 120_000; t += 10) {
      if (t % 6000 == 3000) {
        choice.handleSilent(DIRECT, t * MS);
      } else if (t % 6000 == 0) {
        choice.handleHeardAgain(DIRECT, t * MS);
      }
      step(t * MS);
    }

    assertThat(moves).hasSizeBetween(1, 6);
  }

  @Test
  void aPathThatIsAwayForHalfASecondEveryThreeSecondsCausesAtMostSixHandovers() {
    start();
    for (long t = 0; t < 120_000; t += 10) {
      if (t % 3000 == 2500) {
        choice.handleSilent(DIRECT, t * MS);
      } else if (t % 3000 == 0) {
        choice.handleHeardAgain(DIRECT, t * MS);
      }
      step(t * MS);
    }

    assertThat(moves).hasSizeBetween(1, 6);
  }

  @Test
  void aConnectionThatDiesAndIsDialledAnewEveryThreeSecondsCausesAtMostSixHandovers() {
    start();
    CarrierId connection = DIRECT;
    for (long t = 0; t < 120_000; t += 10) {
      if (t % 6000 == 3000) {
        choice.handleCarrierDown(connection, t * MS);
      } else if (t % 6000 == 0 && t > 0) {
        connection = new CarrierId(CarrierKind.DIRECT, "d" + t);
        choice.handleCarrierUp(connection, t * MS);
      }
      step(t * MS);
    }

    assertThat(moves).hasSizeBetween(1, 6);
  }

  @Test
  void aPathThatIsWellAgainIsUsedAgain() {
    startAndFlapFrom3To6Seconds();

    for (long t = 6_000; t < 15_000; t += 10) {
      step(t * MS);
    }

    assertThat(choice.current()).isEqualTo(DIRECT);
    assertThat(moves).hasSize(2);
  }

  @Test
  void aConnectionThatIsRenewedOnAPathThatFlappedNeedNotEarnItsRankBack() {
    startAndFlapFrom3To6Seconds();
    choice.handleForced(CarrierKind.DIRECT, null, 1_000 * MS, 6_000 * MS);
    step(6_000 * MS);
    CarrierId renewed = new CarrierId(CarrierKind.DIRECT, "d2");

    choice.handleCarrierUp(renewed, 7_500 * MS);
    choice.handleLeaving(DIRECT, HandoverCause.RENEWAL, 7_500 * MS);
    step(7_500 * MS);

    assertThat(choice.current()).isEqualTo(renewed);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void randomFactsNeverMoveToWhatIsSilentNorAwayFromAWorkingCarrierWithoutCause(long seed) {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<CarrierId> all =
        List.of(
            RELAY,
            DIRECT,
            new CarrierId(CarrierKind.RELAY, "b:4433"),
            new CarrierId(CarrierKind.DIRECT, "e"));
    boolean[] up = new boolean[all.size()];
    boolean[] silent = new boolean[all.size()];
    long now = 0;
    ChoiceOutput.Move moving = null;
    long lastForced = Long.MIN_VALUE / 2;

    for (int i = 0; i < 20_000; i++) {
      now += random.nextInt(200) * MS;
      int pick = random.nextInt(all.size());
      CarrierId carrier = all.get(pick);
      switch (random.nextInt(12)) {
        case 0, 1 -> {
          choice.handleCarrierUp(carrier, now);
          silent[pick] &= up[pick];
          up[pick] = true;
        }
        case 2 -> {
          choice.handleCarrierDown(carrier, now);
          up[pick] = false;
        }
        case 3 -> {
          choice.handleSilent(carrier, now);
          silent[pick] |= up[pick];
        }
        case 4, 5 -> {
          choice.handleHeardAgain(carrier, now);
          silent[pick] = false;
        }
        case 6 -> {
          if (random.nextInt(50) == 0) {
            lastForced = now;
            choice.handleForced(carrier.kind(), null, 1_000 * MS, now);
          }
        }
        case 7 -> choice.handleSmallPacketsOnly(carrier, random.nextInt(4) == 0, now);
        case 8 -> {
          if (moving != null) {
            boolean done = random.nextInt(4) != 0 && up[all.indexOf(moving.to())];
            choice.handleHandoverEnded(
                Reports.ended(
                    moving.to(),
                    done ? moving.to() : choice.current(),
                    done ? HandoverResult.DONE : HandoverResult.FAILED,
                    moving.cause()),
                now);
            moving = null;
          }
        }
        default ->
            choice.handleMeasured(
                carrier,
                Qualities.loss(5 + random.nextInt(200), random.nextInt(3) * 0.04, 100),
                now);
      }
      choice.handleDeadline(now);
      for (ChoiceOutput o = choice.poll(); o != null; o = choice.poll()) {
        moving = (ChoiceOutput.Move) o;
        int target = all.indexOf(moving.to());
        assertThat(up[target]).as("target is up, step %d", i).isTrue();
        assertThat(silent[target]).as("target is not silent, step %d", i).isFalse();
        assertThat(moving.to()).isNotEqualTo(moving.from());
        assertThat(moving.decision().text()).contains(moving.to().label());
      }
      assertThat(choice.nextDeadlineNanos()).as("step %d", i).isGreaterThan(now);
    }
    assertThat(lastForced).isPositive();
  }
}
