package io.quicmesh.node.switching;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TokenBucketTest {

  private static final long SECOND = 1_000_000_000L;

  @Test
  void beginsFull() {
    TokenBucket bucket = new TokenBucket(10, 3, -7);

    assertThat(taken(bucket, -7)).isEqualTo(3);
  }

  @Test
  void fillsAtItsRate() {
    TokenBucket bucket = new TokenBucket(10, 3, 0);
    taken(bucket, 0);

    assertThat(taken(bucket, SECOND / 10 - 1)).isZero();
    assertThat(taken(bucket, SECOND / 10)).isEqualTo(1);
    assertThat(taken(bucket, 3 * SECOND / 10)).isEqualTo(2);
  }

  @Test
  void neverHoldsMoreThanItsBurst() {
    TokenBucket bucket = new TokenBucket(10, 3, 0);

    assertThat(taken(bucket, 3600 * SECOND)).isEqualTo(3);
  }

  @Test
  void letsItsRateThroughInTheLongRun() {
    TokenBucket bucket = new TokenBucket(200, 400, 0);

    int all = 0;
    for (long now = 0; now < 10 * SECOND; now += SECOND / 1000) {
      all += taken(bucket, now);
    }

    assertThat(all).isBetween(400 + 1999, 400 + 2000);
  }

  private static int taken(TokenBucket bucket, long nowNanos) {
    int taken = 0;
    while (bucket.take(nowNanos)) {
      taken++;
    }
    return taken;
  }
}
