package io.quicmesh.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class IntakeTest {

  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int FULL = 1;
  private static final int OTHER = 2;

  private final Intake intake = new Intake();
  private long nowNanos = -100 * MILLI;

  @Test
  void pausesForTheOnlySessionThatHasFrames() {
    accept(FULL);

    assertThat(full(FULL)).isEqualTo(20 * MILLI);
  }

  @Test
  void pausesForTwentyMillisecondsAtMost() {
    accept(FULL);
    full(FULL);

    nowNanos += 15 * MILLI;
    assertThat(full(FULL)).isEqualTo(5 * MILLI);
    nowNanos += 5 * MILLI;
    assertThat(full(FULL)).isZero();
    nowNanos += 500 * MILLI;
    assertThat(full(FULL)).isZero();
  }

  @Test
  void doesNotPauseWhileAnotherSessionHasFrames() {
    accept(OTHER);
    nowNanos += 10 * MILLI;
    accept(FULL);

    assertThat(full(FULL)).isZero();
  }

  @Test
  void goesOnReadingWhenFramesOfAnotherSessionAppear() {
    accept(FULL);
    full(FULL);
    nowNanos += MILLI;

    accept(OTHER);

    assertThat(full(FULL)).isZero();
  }

  @Test
  void pausesAgainWhenTheOtherSessionFellSilent() {
    accept(OTHER);
    nowNanos += 21 * MILLI;
    accept(FULL);

    assertThat(full(FULL)).isEqualTo(20 * MILLI);
  }

  @Test
  void pausesAnewAfterTheSessionHadRoomAgain() {
    accept(FULL);
    full(FULL);
    nowNanos += 30 * MILLI;

    intake.handleDrained(OTHER);
    assertThat(full(FULL)).isZero();
    intake.handleDrained(FULL);
    accept(FULL);

    assertThat(full(FULL)).isEqualTo(20 * MILLI);
  }

  @Test
  void doesNotPauseForTwoSessionsThatAreFullInTurn() {
    accept(FULL);
    accept(OTHER);
    full(FULL);
    nowNanos += MILLI;

    assertThat(full(OTHER)).isZero();
    assertThat(full(FULL)).isZero();
  }

  private void accept(int port) {
    intake.handleAccepted(port, nowNanos);
  }

  private long full(int port) {
    return intake.handleFull(port, nowNanos);
  }
}
