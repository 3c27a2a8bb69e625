package io.quicmesh.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A path with random delay that works, is cut at a random time, and heals. */
class PathHealthRandomTest {

  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

  private record Answer(long atNanos, long sequence, long sentNanos) {}

  private final PriorityQueue<Answer> answers =
      new PriorityQueue<>((a, b) -> Long.compare(a.atNanos, b.atNanos));

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void noticesACutInTimeAndNeverCriesWolf(long seed) {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    long rtt = (1 + random.nextInt(150)) * MS;
    long jitter = 1 + rtt / 4;
    long cut = (5_000 + random.nextInt(5_000)) * MS;
    long healed = cut + (3_000 + random.nextInt(2_000)) * MS;
    boolean traffic = random.nextBoolean();
    PathHealth health = new PathHealth(PathHealthSettings.DEFAULT, 0);
    long silentAt = -1;
    long heardAt = -1;

    for (long now = 0; now < healed + 3_000 * MS; now += MS) {
      boolean works = now < cut || now >= healed;
      while (!answers.isEmpty() && answers.peek().atNanos <= now) {
        Answer answer = answers.remove();
        if (answer.sequence >= 0) {
          health.handleEcho(answer.sequence, now);
        } else {
          health.handleAcknowledged(answer.sentNanos, now - rtt, 1000, now);
        }
      }
      if (health.nextDeadlineNanos() <= now) {
        health.handleDeadline(now);
        assertThat(health.nextDeadlineNanos()).isGreaterThan(now);
      }
      if (traffic && now % (5 * MS) == 0) {
        health.handleRecordsSent(now);
        answer(works, now, -1, rtt, jitter, random);
      }
      for (HealthOutput o = health.poll(); o != null; o = health.poll()) {
        if (o instanceof HealthOutput.SendHeartbeat beat) {
          answer(works, now, beat.sequence(), rtt, jitter, random);
        } else if (o instanceof HealthOutput.Silent) {
          assertThat(now).as("no false alarm").isBetween(cut, healed + 2 * rtt);
          silentAt = now;
        } else if (o instanceof HealthOutput.HeardAgain) {
          heardAt = now;
        }
      }
    }

    long limit = health.silenceThresholdNanos() + 2 * rtt + 5 * MS;
    assertThat(silentAt - cut).isLessThanOrEqualTo(traffic ? limit : limit + 1_000 * MS);
    assertThat(heardAt).isBetween(healed, healed + 250 * MS + 2 * rtt);
    assertThat(health.isSilent()).isFalse();
  }

  private void answer(
      boolean works, long now, long sequence, long rtt, long jitter, Random random) {
    if (works) {
      answers.add(new Answer(now + rtt + (long) (random.nextDouble() * jitter), sequence, now));
    }
  }
}
