package io.quicmesh.migration.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ChallengeLimitTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @Test
  void givesTenAtOnceAndTheNextASecondAfterTheFirst() {
    ChallengeLimit limit = new ChallengeLimit(10, 1);
    for (int i = 0; i < 10; i++) {
      assertThat(limit.tryTake(5, i)).isTrue();
    }

    assertThat(limit.tryTake(5, SECOND - 1)).isFalse();
    assertThat(limit.tryTake(5, SECOND)).isTrue();
    assertThat(limit.tryTake(5, SECOND)).isFalse();
    assertThat(limit.tryTake(5, SECOND + 1)).isTrue();
  }

  @Test
  void prefixesDoNotDisturbEachOther() {
    ChallengeLimit limit = new ChallengeLimit(1, 1);
    limit.tryTake(5, 0);

    assertThat(limit.tryTake(6, 0)).isTrue();
  }

  @Test
  void noSecondEverHasMoreThanTheLimit() {
    long seed = 7;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    ChallengeLimit limit = new ChallengeLimit(10, random.nextLong());
    Deque<Long> taken = new ArrayDeque<>();
    long now = 0;
    for (int i = 0; i < 50_000; i++) {
      now += random.nextInt(40_000_000);
      if (limit.tryTake(3, now)) {
        taken.add(now);
      }
      while (!taken.isEmpty() && now - taken.peek() >= SECOND) {
        taken.remove();
      }
      assertThat(taken.size()).isLessThanOrEqualTo(10);
    }
    assertThat(taken).isNotEmpty();
  }
}
