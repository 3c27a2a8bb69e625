package io.quicmesh.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeliveryRateTest {

  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

  private final DeliveryRate rate = new DeliveryRate(0);

  @Test
  void isZeroBeforeAnythingWasDelivered() {
    assertThat(rate.bitsPerSecond()).isZero();
  }

  @Test
  void measuresBytesOverAnInterval() {
    rate.handleAcknowledged(50_000, 10 * MS, 10 * MS);
    long tooSoon = rate.bitsPerSecond();
    rate.handleAcknowledged(75_000, 10 * MS, 100 * MS);

    assertThat(tooSoon).isZero();
    assertThat(rate.bitsPerSecond()).isEqualTo(10_000_000);
  }

  @Test
  void anIntervalLastsAtLeastARoundTrip() {
    rate.handleAcknowledged(50_000, 200 * MS, 150 * MS);

    assertThat(rate.bitsPerSecond()).isZero();
  }

  @Test
  void keepsTheHighestRateOfTheLastWindows() {
    rate.handleAcknowledged(125_000, MS, 100 * MS);
    rate.handleAcknowledged(1_000, MS, 200 * MS);
    long sameWindow = rate.bitsPerSecond();
    rate.handleAcknowledged(1_000, MS, 5_100 * MS);
    long nextWindow = rate.bitsPerSecond();
    rate.handleAcknowledged(1_000, MS, 10_200 * MS);

    assertThat(sameWindow).isEqualTo(10_000_000);
    assertThat(nextWindow).isEqualTo(10_000_000);
    assertThat(rate.bitsPerSecond()).isLessThan(100_000);
  }
}
