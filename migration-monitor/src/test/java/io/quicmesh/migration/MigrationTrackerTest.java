package io.quicmesh.migration;

import static io.quicmesh.migration.Addresses.at;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class MigrationTrackerTest {

  private static final Instant WALL = Instant.parse("2026-03-01T12:00:00Z");
  private static final InetSocketAddress WIFI = at(10, 5000);
  private static final InetSocketAddress CELLULAR = at(20, 5000);
  private static final InetSocketAddress SERVER = at(1, 4433);

  private final MigrationTracker tracker = new MigrationTracker(PathPolicy.NONE);

  private static long ms(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private void openClient(String id) {
    tracker.handleOpened(
        new ConnectionIdentity(
            id, ConnectionKind.RELAY, ConnectionRole.CLIENT, "relay", WIFI, SERVER),
        WALL,
        0);
    tracker.poll();
  }

  private void openServer(String id) {
    tracker.handleOpened(
        new ConnectionIdentity(
            id, ConnectionKind.DIRECT, ConnectionRole.SERVER, "nodeA", SERVER, WIFI),
        WALL,
        0);
    tracker.poll();
  }

  private ConnectionRecord record(String id, long nowNanos) {
    return tracker.connection(id, WALL.plusNanos(nowNanos), nowNanos).orElseThrow();
  }

  private List<MigrationNotice> drain() {
    List<MigrationNotice> notices = new ArrayList<>();
    for (MigrationNotice n = tracker.poll(); n != null; n = tracker.poll()) {
      notices.add(n);
    }
    return notices;
  }

  @Test
  void showsAConnectionAsItOpened() {
    openClient("aa");

    ConnectionRecord record = record("aa", ms(5));

    assertThat(record.state()).isEqualTo(MigrationState.STABLE);
    assertThat(record.local()).isEqualTo(WIFI);
    assertThat(record.remote()).isEqualTo(SERVER);
    assertThat(record.startTime()).isEqualTo(WALL);
    assertThat(record.lastSeen()).isEqualTo(WALL);
    assertThat(record.events()).isEmpty();
  }

  @Test
  void refusesASecondConnectionWithTheSameId() {
    openClient("aa");

    boolean opened =
        tracker.handleOpened(
            new ConnectionIdentity(
                "aa", ConnectionKind.DIRECT, ConnectionRole.SERVER, "x", SERVER, WIFI),
            WALL,
            1);

    assertThat(opened).isFalse();
    assertThat(record("aa", 1).identity().kind()).isEqualTo(ConnectionKind.RELAY);
  }

  @Test
  void countsRecordsAndKeepsWhenThePeerWasLastSeen() {
    openClient("aa");

    tracker.handleHeard("aa", 3, ms(100));
    tracker.handleHeard("aa", 2, ms(250));

    ConnectionRecord record = record("aa", ms(1000));
    assertThat(record.requestCount()).isEqualTo(5);
    assertThat(record.lastSeen()).isEqualTo(WALL.plusMillis(250));
  }

  @Test
  void lastSeenFollowsAWallClockThatWasSet() {
    openClient("aa");
    tracker.handleHeard("aa", 1, ms(100));

    ConnectionRecord record =
        tracker.connection("aa", WALL.plusSeconds(3600), ms(300)).orElseThrow();

    assertThat(record.lastSeen()).isEqualTo(WALL.plusSeconds(3600).minusMillis(200));
  }

  @Test
  void clientMigratesWithTheFirstEchoOverTheNewPath() {
    openClient("aa");
    tracker.handleHeard("aa", 1, ms(1000));

    boolean started =
        tracker.start("aa", CELLULAR, MigrationCause.LINK_DOWN, WALL.plusSeconds(1), ms(1010));
    tracker.handleEcho("aa", ms(1005), ms(1020));
    MigrationState afterOldEcho = record("aa", ms(1020)).state();
    tracker.handleEcho("aa", ms(1012), ms(1060));

    assertThat(started).isTrue();
    assertThat(afterOldEcho).isEqualTo(MigrationState.MIGRATING);
    ConnectionRecord record = record("aa", ms(1060));
    assertThat(record.state()).isEqualTo(MigrationState.COMPLETED);
    assertThat(record.local()).isEqualTo(CELLULAR);
    assertThat(record.remote()).isEqualTo(SERVER);
    assertThat(record.migrationCount()).isEqualTo(1);
    MigrationEvent event =
        new MigrationEvent(
            WALL.plusSeconds(1), WIFI, CELLULAR, true, MigrationCause.LINK_DOWN, ms(1000));
    assertThat(record.events()).containsExactly(event);
    assertThat(drain())
        .containsExactly(
            new MigrationNotice.Started("aa", WIFI, CELLULAR, MigrationCause.LINK_DOWN),
            new MigrationNotice.Completed("aa", event, ms(50)));
  }

  @Test
  void gapIsTheLongestSilenceAroundTheMigration() {
    openClient("aa");
    for (int t = 0; t <= 5000; t += 10) {
      tracker.handleHeard("aa", 1, ms(t));
    }

    tracker.start("aa", CELLULAR, MigrationCause.LINK_DOWN, WALL, ms(5030));
    tracker.handleHeard("aa", 1, ms(5040));
    tracker.handleEcho("aa", ms(5031), ms(5110));

    assertThat(record("aa", ms(5110)).events().get(0).gapNanos()).isEqualTo(ms(70));
  }

  @Test
  void gapCoversASilenceThatOutlastsTheMigration() {
    openServer("aa");
    for (int t = 0; t <= 5000; t += 10) {
      tracker.handleHeard("aa", 1, ms(t));
    }
    tracker.handlePathEvent("aa", new PathEvent.New(SERVER, CELLULAR), WALL, ms(5010));
    tracker.handlePathEvent("aa", new PathEvent.Validated(SERVER, CELLULAR), WALL, ms(5015));
    tracker.handlePathEvent("aa", new PathEvent.PeerMigrated(SERVER, CELLULAR), WALL, ms(5015));

    tracker.handleHeard("aa", 1, ms(5200));
    tracker.handleHeard("aa", 1, ms(9000));

    assertThat(record("aa", ms(9000)).events().get(0).gapNanos()).isEqualTo(ms(200));
    assertThat(tracker.events().get(0).event().gapNanos()).isEqualTo(ms(200));
  }

  @Test
  void serverMigratesWhenThePathIsValidatedAndInUse() {
    openServer("aa");

    tracker.handlePathEvent("aa", new PathEvent.New(SERVER, CELLULAR), WALL, ms(10));
    tracker.handlePathEvent(
        "aa", new PathEvent.ReusedSourceConnectionId(0, WIFI, CELLULAR), WALL, ms(10));
    tracker.handlePathEvent("aa", new PathEvent.Validated(SERVER, CELLULAR), WALL, ms(15));
    MigrationState validated = record("aa", ms(15)).state();
    tracker.handlePathEvent("aa", new PathEvent.PeerMigrated(SERVER, CELLULAR), WALL, ms(16));

    assertThat(validated).isEqualTo(MigrationState.MIGRATING);
    assertThat(record("aa", ms(16)).state()).isEqualTo(MigrationState.COMPLETED);
    assertThat(record("aa", ms(16)).remote()).isEqualTo(CELLULAR);
    assertThat(record("aa", ms(16)).events().get(0).cause()).isEqualTo(MigrationCause.PEER_MOVED);
  }

  @Test
  void serverTakesTheSignsInEitherOrder() {
    openServer("aa");

    tracker.handlePathEvent("aa", new PathEvent.PeerMigrated(SERVER, CELLULAR), WALL, ms(10));
    MigrationState inUse = record("aa", ms(10)).state();
    tracker.handlePathEvent("aa", new PathEvent.Validated(SERVER, CELLULAR), WALL, ms(15));

    assertThat(inUse).isEqualTo(MigrationState.MIGRATING);
    assertThat(record("aa", ms(15)).state()).isEqualTo(MigrationState.COMPLETED);
  }

  @Test
  void goingBackToAKnownAddressNeedsNoNewValidation() {
    openServer("aa");
    tracker.handlePathEvent("aa", new PathEvent.New(SERVER, CELLULAR), WALL, ms(10));
    tracker.handlePathEvent("aa", new PathEvent.Validated(SERVER, CELLULAR), WALL, ms(12));
    tracker.handlePathEvent("aa", new PathEvent.PeerMigrated(SERVER, CELLULAR), WALL, ms(12));

    tracker.handlePathEvent("aa", new PathEvent.PeerMigrated(SERVER, WIFI), WALL, ms(500));

    ConnectionRecord record = record("aa", ms(500));
    assertThat(record.migrationCount()).isEqualTo(2);
    assertThat(record.remote()).isEqualTo(WIFI);
    assertThat(record.events()).allMatch(MigrationEvent::validated);
  }

  @Test
  void aChangedPortAloneIsCalledANatRebinding() {
    openServer("aa");

    tracker.handlePathEvent("aa", new PathEvent.New(SERVER, at(10, 6001)), WALL, ms(10));
    tracker.handlePathEvent("aa", new PathEvent.FailedValidation(SERVER, at(10, 6001)), WALL, 11);

    MigrationEvent event = record("aa", ms(11)).events().get(0);
    assertThat(event.cause()).isEqualTo(MigrationCause.NAT_REBINDING);
    assertThat(event.validated()).isFalse();
  }

  @Test
  void serverFallsBackToAPathOfThePeerThatWasValidated() {
    openServer("aa");
    tracker.handlePathEvent("aa", new PathEvent.New(SERVER, CELLULAR), WALL, 10);
    tracker.handlePathEvent("aa", new PathEvent.Validated(SERVER, CELLULAR), WALL, 20);
    tracker.handlePathEvent("aa", new PathEvent.PeerMigrated(SERVER, CELLULAR), WALL, 21);
    tracker.handlePathEvent("aa", new PathEvent.New(SERVER, at(10, 6001)), WALL, 30);
    tracker.handlePathEvent("aa", new PathEvent.FailedValidation(SERVER, at(10, 6001)), WALL, 40);
    tracker.handlePathEvent("aa", new PathEvent.PeerMigrated(SERVER, WIFI), WALL, 41);
    tracker.handlePathEvent("aa", new PathEvent.New(SERVER, at(11, 6001)), WALL, 50);
    tracker.handlePathEvent("aa", new PathEvent.Validated(SERVER, at(11, 6001)), WALL, 60);
    tracker.handlePathEvent("aa", new PathEvent.PeerMigrated(SERVER, at(11, 6001)), WALL, 61);

    assertThat(tracker.events())
        .extracting(recorded -> recorded.event().cause())
        .containsExactly(
            MigrationCause.PEER_MOVED,
            MigrationCause.FELL_BACK,
            MigrationCause.PEER_MOVED,
            MigrationCause.PEER_MOVED);
  }

  @Test
  void failedValidationFailsTheMigrationAndKeepsTheAddress() {
    openServer("aa");
    tracker.handlePathEvent("aa", new PathEvent.New(SERVER, CELLULAR), WALL, ms(10));
    drain();

    tracker.handlePathEvent("aa", new PathEvent.FailedValidation(SERVER, CELLULAR), WALL, ms(900));

    assertThat(tracker.hasFailed("aa")).isTrue();
    assertThat(record("aa", ms(900)).remote()).isEqualTo(WIFI);
    assertThat(drain())
        .singleElement()
        .isInstanceOfSatisfying(
            MigrationNotice.Failed.class,
            n -> assertThat(n.reason()).isEqualTo(MigrationFailure.VALIDATION_FAILED));
  }

  @Test
  void aClosedPathFailsOnlyTheMigrationThatLeadsToIt() {
    openServer("aa");
    tracker.handlePathEvent("aa", new PathEvent.New(SERVER, CELLULAR), WALL, ms(10));

    tracker.handlePathEvent("aa", new PathEvent.Closed(SERVER, at(99, 1)), WALL, ms(20));
    boolean afterOther = tracker.isMigrating("aa");
    tracker.handlePathEvent("aa", new PathEvent.Closed(SERVER, CELLULAR), WALL, ms(30));

    assertThat(afterOther).isTrue();
    assertThat(tracker.hasFailed("aa")).isTrue();
  }

  @Test
  void aPeerThatComesBackHasNotMigrated() {
    openServer("aa");
    tracker.handlePathEvent("aa", new PathEvent.New(SERVER, CELLULAR), WALL, ms(10));

    tracker.handlePathEvent("aa", new PathEvent.PeerMigrated(SERVER, WIFI), WALL, ms(20));

    assertThat(record("aa", ms(20)).state()).isEqualTo(MigrationState.STABLE);
    assertThat(record("aa", ms(20)).events()).isEmpty();
    assertThat(tracker.statistics().totalFailed()).isZero();
  }

  @Test
  void clientRoleIgnoresPathEvents() {
    openClient("aa");

    tracker.handlePathEvent("aa", new PathEvent.New(WIFI, CELLULAR), WALL, ms(10));

    assertThat(tracker.isMigrating("aa")).isFalse();
  }

  @Test
  void aSecondSwitchChangesTheTargetAndKeepsTheStart() {
    openClient("aa");
    tracker.start("aa", CELLULAR, MigrationCause.LINK_DOWN, WALL, ms(10));

    boolean retargeted =
        tracker.start("aa", at(30, 5000), MigrationCause.ROUTE_CHANGE, WALL, ms(40));

    assertThat(retargeted).isTrue();
    assertThat(tracker.timeSinceStartedNanos("aa", ms(50))).hasValue(ms(40));
    tracker.handleEcho("aa", ms(41), ms(60));
    assertThat(record("aa", ms(60)).local()).isEqualTo(at(30, 5000));
  }

  @Test
  void switchingBackBeforeAnEchoIsNoMigration() {
    openClient("aa");
    tracker.start("aa", CELLULAR, MigrationCause.LINK_DOWN, WALL, ms(10));

    boolean started = tracker.start("aa", WIFI, MigrationCause.ROUTE_CHANGE, WALL, ms(20));

    assertThat(started).isFalse();
    assertThat(record("aa", ms(20)).state()).isEqualTo(MigrationState.STABLE);
  }

  @Test
  void completeAndFailNeedAMigrationUnderWay() {
    openClient("aa");

    assertThat(tracker.complete("aa", 1)).isFalse();
    assertThat(tracker.fail("aa", MigrationFailure.ABANDONED, 1)).isFalse();
    assertThat(tracker.start("aa", WIFI, MigrationCause.SIMULATED, WALL, 1)).isFalse();
    assertThat(tracker.statistics().totalFailed()).isZero();
  }

  @Test
  void ignoresConnectionsThatItDoesNotKnow() {
    tracker.handleHeard("zz", 1, 1);
    tracker.handleEcho("zz", 1, 1);
    tracker.handleClosed("zz", 1);
    tracker.handlePathEvent("zz", new PathEvent.New(SERVER, WIFI), WALL, 1);

    assertThat(tracker.start("zz", WIFI, MigrationCause.SIMULATED, WALL, 1)).isFalse();
    assertThat(tracker.complete("zz", 1)).isFalse();
    assertThat(tracker.isMigrating("zz")).isFalse();
    assertThat(tracker.timeSinceStartedNanos("zz", 1)).isEmpty();
    assertThat(tracker.connection("zz", WALL, 1)).isEmpty();
    assertThat(tracker.poll()).isNull();
  }

  @Test
  void aFailedConnectionMayMigrateAgain() {
    openClient("aa");
    tracker.start("aa", CELLULAR, MigrationCause.LINK_DOWN, WALL, ms(10));
    tracker.fail("aa", MigrationFailure.ABANDONED, ms(20));

    tracker.start("aa", CELLULAR, MigrationCause.LINK_DOWN, WALL, ms(30));
    tracker.complete("aa", ms(40));

    assertThat(tracker.failed()).isEmpty();
    assertThat(record("aa", ms(40)).events())
        .extracting(MigrationEvent::validated)
        .containsExactly(false, true);
  }

  @Test
  void closingDuringAMigrationFailsItAndKeepsItsEvent() {
    openClient("aa");
    tracker.start("aa", CELLULAR, MigrationCause.LINK_DOWN, WALL, ms(10));

    tracker.handleClosed("aa", ms(20));

    assertThat(tracker.connections(WALL, ms(20))).isEmpty();
    assertThat(tracker.statistics().totalFailed()).isEqualTo(1);
    assertThat(tracker.events()).singleElement().extracting("connectionId").isEqualTo("aa");
  }

  @Test
  void keepsTheLastHundredEventsOfAConnection() {
    openClient("aa");

    for (int i = 1; i <= 500; i++) {
      tracker.start("aa", at(100 + i % 2, 5000 + i), MigrationCause.SIMULATED, WALL, ms(i * 10L));
      tracker.complete("aa", ms(i * 10L + 5));
    }

    ConnectionRecord record = record("aa", ms(6000));
    assertThat(record.migrationCount()).isEqualTo(500);
    assertThat(record.events()).hasSize(100);
    assertThat(record.events().get(99).newAddress().getPort()).isEqualTo(5500);
    assertThat(record.events().get(0).newAddress().getPort()).isEqualTo(5401);
    assertThat(tracker.events().get(0).event().newAddress().getPort()).isEqualTo(5500);
  }

  @Test
  void boundsWhatNobodyDrains() {
    openClient("aa");

    for (int i = 0; i < 3000; i++) {
      tracker.start("aa", at(100 + i % 2, 5000), MigrationCause.SIMULATED, WALL, i);
      tracker.complete("aa", i);
    }

    assertThat(drain()).hasSize(4096);
    assertThat(tracker.noticesDropped()).isEqualTo(6000 - 4096);
    assertThat(tracker.events()).hasSize(1000);
  }

  @Test
  void statisticsCountStatesTotalsAndLatency() {
    openClient("aa");
    openClient("bb");
    openClient("cc");
    tracker.start("aa", CELLULAR, MigrationCause.LINK_DOWN, WALL, ms(0));
    tracker.complete("aa", ms(40));
    tracker.start("bb", CELLULAR, MigrationCause.LINK_DOWN, WALL, ms(0));
    tracker.fail("bb", MigrationFailure.ABANDONED, ms(10));
    tracker.start("cc", CELLULAR, MigrationCause.LINK_DOWN, WALL, ms(0));

    MigrationStatistics statistics = tracker.statistics();

    assertThat(statistics.connections()).isEqualTo(3);
    assertThat(statistics.migrating()).isEqualTo(1);
    assertThat(statistics.failed()).isEqualTo(1);
    assertThat(statistics.totalSuccessful()).isEqualTo(1);
    assertThat(statistics.successRate()).isEqualTo(0.5);
    Histogram latency = statistics.latencyMicros();
    assertThat(latency.getTotalCount()).isEqualTo(1);
    assertThat(latency.valuesAreEquivalent(latency.getMaxValue(), 40_000)).isTrue();
    assertThat(tracker.migrating()).containsExactly("cc");
    assertThat(tracker.failed()).containsExactly("bb");
  }

  @Test
  void successRateIsOneBeforeAnythingEnded() {
    assertThat(tracker.statistics().successRate()).isEqualTo(1.0);
  }

  @Test
  void tellsWhenAMigrationEndsOnALessPreferredPath() {
    MigrationTracker preferring =
        new MigrationTracker(new PathPolicy(List.of(new PathPolicy.Prefix(WIFI.getAddress(), 32))));
    preferring.handleOpened(
        new ConnectionIdentity(
            "aa", ConnectionKind.RELAY, ConnectionRole.CLIENT, "relay", WIFI, SERVER),
        WALL,
        0);
    preferring.start("aa", CELLULAR, MigrationCause.LINK_DOWN, WALL, ms(10));
    preferring.complete("aa", ms(20));
    preferring.start("aa", WIFI, MigrationCause.ROUTE_CHANGE, WALL, ms(30));
    preferring.complete("aa", ms(40));

    List<MigrationNotice> lessPreferred = new ArrayList<>();
    for (MigrationNotice n = preferring.poll(); n != null; n = preferring.poll()) {
      if (n instanceof MigrationNotice.LessPreferred) {
        lessPreferred.add(n);
      }
    }

    assertThat(lessPreferred)
        .containsExactly(new MigrationNotice.LessPreferred("aa", CELLULAR, 1, 0));
  }
}
