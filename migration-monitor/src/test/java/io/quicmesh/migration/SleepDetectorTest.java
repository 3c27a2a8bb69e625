package io.quicmesh.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SleepDetectorTest {

  private static final Instant WALL = Instant.parse("2026-03-01T12:00:00Z");
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final SleepDetector detector = new SleepDetector(WALL, 0);

  @Test
  void ticksEverySecond() {
    assertThat(detector.nextDeadlineNanos()).isEqualTo(SECOND);

    detector.handleDeadline(WALL.plusSeconds(1), SECOND);

    assertThat(detector.nextDeadlineNanos()).isEqualTo(2 * SECOND);
    assertThat(detector.poll()).isNull();
  }

  @Test
  void noticesThatTheWallClockRanOnWithoutUs() {
    detector.handleDeadline(WALL.plusSeconds(3601), SECOND);

    assertThat(detector.poll()).isEqualTo(new Wake(3600 * SECOND, true));
    assertThat(detector.poll()).isNull();
  }

  @Test
  void noticesATickThatComesLate() {
    detector.handleDeadline(WALL.plusSeconds(6), 6 * SECOND);

    assertThat(detector.poll()).isEqualTo(new Wake(5 * SECOND, false));
  }

  @Test
  void aBusyMomentIsNoSleep() {
    detector.handleDeadline(WALL.plusMillis(3500), 3500 * SECOND / 1000);

    assertThat(detector.poll()).isNull();
  }

  @Test
  void aClockThatIsSlewedOrSetBackIsNoSleep() {
    detector.handleDeadline(WALL.plusMillis(1400), SECOND);
    detector.handleDeadline(WALL.minusSeconds(3600), 2 * SECOND);
    detector.handleDeadline(WALL.minusSeconds(3599), 3 * SECOND);

    assertThat(detector.poll()).isNull();
  }

  @Test
  void countsFromTheLastTickOnly() {
    detector.handleDeadline(WALL.plusSeconds(3601), SECOND);
    detector.poll();

    detector.handleDeadline(WALL.plusSeconds(3602), 2 * SECOND);

    assertThat(detector.poll()).isNull();
  }

  @Test
  void aWakeIsAMajorChange() {
    assertThat(new Wake(3600 * SECOND, true).change())
        .isEqualTo(NetworkChange.major(MigrationCause.WAKE, "the host slept for 3600 s"));
    assertThat(new Wake(5 * SECOND, false).change().reason())
        .isEqualTo("the process was held up for 5 s");
  }
}
