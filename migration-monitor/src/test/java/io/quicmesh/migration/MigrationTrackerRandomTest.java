package io.quicmesh.migration;

import static io.quicmesh.migration.Addresses.at;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random facts in any order: the books must balance after every one of them. */
class MigrationTrackerRandomTest {

  private static final Instant WALL = Instant.parse("2026-03-01T12:00:00Z");
  private static final List<String> IDS = List.of("c0", "c1", "s0", "s1");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void booksBalanceAfterEveryFact(long seed) {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    MigrationTracker tracker = new MigrationTracker(PathPolicy.NONE);
    MigrationMonitor monitor = new MigrationMonitor(tracker, 2_000_000_000L, 0);
    Map<String, Long> completed = new HashMap<>();
    long ended = 0;
    long now = 0;

    for (int step = 0; step < 5_000; step++) {
      now += random.nextInt(50_000_000);
      act(tracker, random, now);
      if (now >= monitor.nextDeadlineNanos()) {
        monitor.handleDeadline(now);
      }
      for (MigrationNotice n = tracker.poll(); n != null; n = tracker.poll()) {
        if (n instanceof MigrationNotice.Opened) {
          completed.put(n.connectionId(), 0L);
        } else if (n instanceof MigrationNotice.Completed done) {
          ended++;
          completed.merge(done.connectionId(), 1L, Long::sum);
          assertThat(done.latencyNanos()).isNotNegative();
          assertThat(done.event().oldAddress()).isNotEqualTo(done.event().newAddress());
        } else if (n instanceof MigrationNotice.Failed) {
          ended++;
        }
      }
      checkBooks(tracker, completed, ended, now);
    }
    assertThat(ended).isGreaterThan(100);
  }

  private static void act(MigrationTracker tracker, Random random, long now) {
    String id = IDS.get(random.nextInt(IDS.size()));
    InetSocketAddress address = at(10 + random.nextInt(4), 1000 + random.nextInt(2));
    InetSocketAddress server = at(1, 4433);
    switch (random.nextInt(13)) {
      case 0 -> tracker.handleOpened(identity(id), WALL, now);
      case 1 -> {
        if (random.nextInt(10) == 0) {
          tracker.handleClosed(id, now);
        }
      }
      case 2 -> tracker.handleHeard(id, random.nextInt(5), now);
      case 3 -> tracker.handleEcho(id, now - random.nextInt(100_000_000), now);
      case 4 -> tracker.start(id, address, MigrationCause.LINK_DOWN, WALL, now);
      case 5 -> tracker.complete(id, now);
      case 6 -> tracker.fail(id, MigrationFailure.ABANDONED, now);
      case 7 -> tracker.handlePathEvent(id, new PathEvent.New(server, address), WALL, now);
      case 8 -> tracker.handlePathEvent(id, new PathEvent.Validated(server, address), WALL, now);
      case 9 -> tracker.handlePathEvent(id, new PathEvent.PeerMigrated(server, address), WALL, now);
      case 10 ->
          tracker.handlePathEvent(id, new PathEvent.FailedValidation(server, address), WALL, now);
      case 11 -> tracker.handlePathEvent(id, new PathEvent.Closed(server, address), WALL, now);
      default ->
          tracker.handlePathEvent(
              id, new PathEvent.ReusedSourceConnectionId(1, server, address), WALL, now);
    }
  }

  private static ConnectionIdentity identity(String id) {
    ConnectionRole role = id.startsWith("c") ? ConnectionRole.CLIENT : ConnectionRole.SERVER;
    return new ConnectionIdentity(id, ConnectionKind.DIRECT, role, "p", at(10, 1000), at(10, 1000));
  }

  private static void checkBooks(
      MigrationTracker tracker, Map<String, Long> completed, long ended, long now) {
    MigrationStatistics statistics = tracker.statistics();
    assertThat(statistics.totalSuccessful() + statistics.totalFailed()).isEqualTo(ended);
    assertThat(statistics.latencyMicros().getTotalCount()).isEqualTo(statistics.totalSuccessful());
    assertThat(statistics.migrating()).isEqualTo(tracker.migrating().size());
    for (ConnectionRecord record : tracker.connections(WALL.plusNanos(now), now)) {
      String id = record.connectionId();
      assertThat(record.migrationCount()).isEqualTo(completed.get(id));
      assertThat(tracker.timeSinceStartedNanos(id, now).isPresent())
          .isEqualTo(record.state() == MigrationState.MIGRATING);
      assertThat(tracker.hasTimedOut(id, 3_100_000_000L, now)).isFalse();
      assertThat(record.events()).hasSizeLessThanOrEqualTo(100);
      assertThat(record.events()).allMatch(event -> event.gapNanos() >= 0);
    }
  }
}
