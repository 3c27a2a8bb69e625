package io.quicmesh.migration;

import static io.quicmesh.migration.Addresses.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MigrationMonitorTest {

  private static final Instant WALL = Instant.parse("2026-03-01T12:00:00Z");
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final MigrationTracker tracker = new MigrationTracker(PathPolicy.NONE);
  private final MigrationMonitor monitor =
      new MigrationMonitor(tracker, MigrationMonitor.TIMEOUT_NANOS, 0);

  @BeforeEach
  void open() {
    tracker.handleOpened(
        new ConnectionIdentity(
            "aa", ConnectionKind.DIRECT, ConnectionRole.CLIENT, "b", at(10, 1), at(1, 2)),
        WALL,
        0);
    tracker.handleOpened(
        new ConnectionIdentity(
            "bb", ConnectionKind.DIRECT, ConnectionRole.SERVER, "b", at(1, 2), at(10, 1)),
        WALL,
        0);
    tracker.poll();
    tracker.poll();
  }

  @Test
  void looksEverySecond() {
    assertThat(monitor.nextDeadlineNanos()).isEqualTo(SECOND);

    monitor.handleDeadline(SECOND + 5);

    assertThat(monitor.nextDeadlineNanos()).isEqualTo(2 * SECOND + 5);
  }

  @Test
  void doesNothingBeforeItsDeadline() {
    tracker.start("aa", at(20, 1), MigrationCause.LINK_DOWN, WALL, 0);

    monitor.handleDeadline(SECOND - 1);

    assertThat(monitor.nextDeadlineNanos()).isEqualTo(SECOND);
  }

  @Test
  void failsAMigrationAfterTheTimeoutAndTellsWhy() {
    tracker.start("aa", at(20, 1), MigrationCause.LINK_DOWN, WALL, 0);
    tracker.poll();

    monitor.handleDeadline(29 * SECOND);
    boolean before = tracker.isMigrating("aa");
    monitor.handleDeadline(30 * SECOND);

    assertThat(before).isTrue();
    assertThat(tracker.hasFailed("aa")).isTrue();
    assertThat(tracker.poll())
        .isInstanceOfSatisfying(
            MigrationNotice.Failed.class,
            n -> {
              assertThat(n.reason()).isEqualTo(MigrationFailure.TIMED_OUT);
              assertThat(n.event().validated()).isFalse();
            });
    assertThat(tracker.poll()).isNull();
  }

  @Test
  void aTimedOutReturnToTheFirstAddressFailsInTheClientRole() {
    tracker.start("aa", at(20, 1), MigrationCause.LINK_DOWN, WALL, 0);
    tracker.complete("aa", 1);
    tracker.start("aa", at(10, 1), MigrationCause.ROUTE_CHANGE, WALL, 2);

    monitor.handleDeadline(60 * SECOND);

    assertThat(tracker.hasFailed("aa")).isTrue();
  }

  @Test
  void completedTurnsBackToStable() {
    tracker.start("aa", at(20, 1), MigrationCause.LINK_DOWN, WALL, 0);
    tracker.complete("aa", SECOND / 2);

    monitor.handleDeadline(SECOND);
    MigrationState shown = tracker.connection("aa", WALL, SECOND).orElseThrow().state();
    monitor.handleDeadline(2 * SECOND);

    assertThat(shown).isEqualTo(MigrationState.COMPLETED);
    assertThat(tracker.connection("aa", WALL, 2 * SECOND).orElseThrow().state())
        .isEqualTo(MigrationState.STABLE);
  }

  @Test
  void failedStaysFailed() {
    tracker.start("aa", at(20, 1), MigrationCause.LINK_DOWN, WALL, 0);
    tracker.fail("aa", MigrationFailure.ABANDONED, 1);

    monitor.handleDeadline(100 * SECOND);

    assertThat(tracker.hasFailed("aa")).isTrue();
  }

  @Test
  void aProbeOfAPathThatThePeerDoesNotUseIsNoFailure() {
    tracker.handlePathEvent("bb", new PathEvent.New(at(1, 2), at(20, 1)), WALL, 0);
    tracker.handlePathEvent("bb", new PathEvent.Validated(at(1, 2), at(20, 1)), WALL, 5);

    monitor.handleDeadline(31 * SECOND);

    assertThat(tracker.hasFailed("bb")).isFalse();
    assertThat(tracker.isMigrating("bb")).isFalse();
    assertThat(tracker.statistics().totalFailed()).isZero();
  }

  @Test
  void aNewPathThatNeverAnswersFails() {
    tracker.handlePathEvent("bb", new PathEvent.New(at(1, 2), at(20, 1)), WALL, 0);

    monitor.handleDeadline(31 * SECOND);

    assertThat(tracker.hasFailed("bb")).isTrue();
  }

  @Test
  void refusesATimeoutThatIsNotPositive() {
    assertThatThrownBy(() -> new MigrationMonitor(tracker, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("timeout");
  }
}
