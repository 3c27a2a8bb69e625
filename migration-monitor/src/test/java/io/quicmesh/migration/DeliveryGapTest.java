package io.quicmesh.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeliveryGapTest {

  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

  private final DeliveryGap gap = new DeliveryGap();

  @Test
  void isTheLongestTimeBetweenDeliveries() {
    gap.handleDelivered(0);
    gap.start(5 * MS);
    gap.handleDelivered(10 * MS);
    gap.handleDelivered(40 * MS);
    gap.handleDelivered(42 * MS);

    assertThat(gap.finish(43 * MS)).isEqualTo(30 * MS);
  }

  @Test
  void countsAnIntervalThatBeganBeforeIfFramesFlowed() {
    gap.handleDelivered(0);
    gap.start(90 * MS);
    gap.handleDelivered(120 * MS);

    assertThat(gap.finish(120 * MS)).isEqualTo(120 * MS);
  }

  @Test
  void countsFromTheStartIfNothingFlowedBefore() {
    gap.handleDelivered(0);
    gap.start(10_000 * MS);
    gap.handleDelivered(10_030 * MS);

    assertThat(gap.finish(10_030 * MS)).isEqualTo(30 * MS);
  }

  @Test
  void countsAnIntervalThatStillRuns() {
    gap.handleDelivered(0);
    gap.start(10 * MS);

    assertThat(gap.finish(80 * MS)).isEqualTo(80 * MS);
  }

  @Test
  void isZeroWhereNothingFlows() {
    gap.start(10 * MS);
    long never = gap.finish(500 * MS);
    gap.handleDelivered(600 * MS);
    gap.start(5_000 * MS);

    assertThat(never).isZero();
    assertThat(gap.finish(9_000 * MS)).isZero();
  }

  @Test
  void beginsAnewWithEveryHandover() {
    gap.handleDelivered(0);
    gap.start(MS);
    gap.handleDelivered(500 * MS);
    gap.finish(500 * MS);
    gap.handleDelivered(510 * MS);
    gap.start(511 * MS);
    gap.handleDelivered(515 * MS);

    assertThat(gap.finish(515 * MS)).isEqualTo(5 * MS);
  }
}
