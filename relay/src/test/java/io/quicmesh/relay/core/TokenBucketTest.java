package io.quicmesh.relay.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TokenBucketTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @Test
  void givesABurstAndThenItsRate() {
    TokenBucket bucket = new TokenBucket(10, 3, 0);

    assertThat(take(bucket, 0)).isEqualTo(3);
    assertThat(bucket.holdsAtNanos(1)).isEqualTo(SECOND / 10);
    assertThat(take(bucket, SECOND / 10 - 1)).isZero();
    assertThat(take(bucket, SECOND / 10)).isEqualTo(1);
    assertThat(take(bucket, SECOND / 10 + SECOND / 5)).isEqualTo(2);
  }

  @Test
  void neverHoldsMoreThanTheBurst() {
    TokenBucket bucket = new TokenBucket(1_000_000_000L, 5, Long.MAX_VALUE - 10);

    assertThat(take(bucket, Long.MIN_VALUE / 2)).isEqualTo(5);
  }

  @Test
  void paysDebtFirst() {
    TokenBucket bucket = new TokenBucket(10, 10, 0);
    bucket.charge(30, 0);

    assertThat(bucket.holds(1, SECOND)).isFalse();
    assertThat(bucket.holdsAtNanos(1)).isEqualTo(SECOND * 21 / 10);
    assertThat(take(bucket, SECOND * 21 / 10)).isEqualTo(1);
    assertThat(bucket.isFull(10 * SECOND)).isTrue();
  }

  private static int take(TokenBucket bucket, long nowNanos) {
    int taken = 0;
    while (bucket.tryTake(nowNanos)) {
      taken++;
    }
    return taken;
  }
}
