package io.quicmesh.lab.probe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Readings of 30 microseconds, one every 2 ms. */
final class MachineSpeedTest {
  private static final long MILLI = 1_000_000;
  private static final long WORK = 30_000;

  private final MachineSpeed speed = new MachineSpeed();

  @Test
  void itIsNeverSlowWhereTheWorkVariesALittle() {
    for (int i = 0; i < 2_000; i++) {
      read(2L * i, WORK + (i % 3) * WORK);
    }

    assertThat(slowNanos(0, 4_000)).isZero();
  }

  @Test
  void itIsSlowFromTheReadingBeforeToTheOneThatTookLong() {
    read(0, WORK);
    read(2, WORK);
    read(4, 10 * WORK);
    read(6, 9 * WORK);
    read(8, WORK);
    read(10, WORK);

    assertThat(slowNanos(0, 100)).isEqualTo(4 * MILLI + 9 * WORK - WORK);
    assertThat(slowNanos(0, 2)).isZero();
    assertThat(slowNanos(7, 100)).isZero();
  }

  @Test
  void aReadingSpeaksForAFewMillisecondsOnly() {
    read(0, WORK);
    read(2, WORK);
    read(100, 10 * WORK);
    read(102, WORK);

    assertThat(slowNanos(0, 200)).isEqualTo(5 * MILLI);
  }

  @Test
  void itIsNotSlowWithoutReadings() {
    assertThat(slowNanos(0, 100)).isZero();
  }

  private void read(long atMillis, long workNanos) {
    speed.add(atMillis * MILLI, atMillis * MILLI + workNanos, workNanos);
  }

  private long slowNanos(long fromMillis, long toMillis) {
    return speed.slow().overlapNanos(fromMillis * MILLI, toMillis * MILLI);
  }
}
