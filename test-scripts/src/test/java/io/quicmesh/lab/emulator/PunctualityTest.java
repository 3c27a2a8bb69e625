package io.quicmesh.lab.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PunctualityTest {

  private static final long MICRO = 1_000;
  private static final long MILLI = 1_000_000;

  private final Punctuality punctuality = new Punctuality(0);

  @Test
  void sleepsUntilTheDeadlineWhenItNeedNotBeExact() {
    assertThat(punctuality.sleepNanos(10 * MILLI, 0, false)).isEqualTo(10 * MILLI);
  }

  @Test
  void wakesEarlierByTheLatenessThatItLearned() {
    for (int i = 0; i < 200; i++) {
      punctuality.handleSlept(0, 30 * MICRO);
    }

    assertThat(punctuality.sleepNanos(10 * MILLI, 0, true)).isBetween(9_960 * MICRO, 9_975 * MICRO);
  }

  @Test
  void spinsForTheRest() {
    assertThat(punctuality.sleepNanos(10 * MICRO, 0, true)).isZero();
  }

  @Test
  void aDeadlineThatHasPassedNeedsNoSleep() {
    assertThat(punctuality.sleepNanos(5, 10, false)).isZero();
    assertThat(punctuality.sleepNanos(5, 10, true)).isZero();
  }

  @Test
  void doesNotSpinWhenTheBudgetIsUsedUpUntilItHasGrownAgain() {
    punctuality.handleSpun(0, 5 * MILLI);

    assertThat(punctuality.sleepNanos(20 * MICRO, 0, true)).isEqualTo(20 * MICRO);
    assertThat(punctuality.sleepNanos(MILLI + 20 * MICRO, MILLI, true)).isZero();
  }

  @Test
  void oneVeryLateWakeUpTeachesLittle() {
    punctuality.handleSlept(0, 100 * MILLI);

    assertThat(punctuality.sleepNanos(10 * MILLI, 0, true)).isGreaterThan(9_900 * MICRO);
  }
}
