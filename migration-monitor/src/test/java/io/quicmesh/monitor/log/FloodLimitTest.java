package io.quicmesh.monitor.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class FloodLimitTest {

  private final FloodLimit limit = new FloodLimit();

  @Test
  void letsABurstThroughAndThenTenASecondAndTellsWhatItLeftOut() {
    for (int i = 0; i < FloodLimit.LINES_AT_ONCE; i++) {
      assertThat(limit.admit("a", 1_000_000)).isZero();
    }
    for (int i = 0; i < 7; i++) {
      assertThat(limit.admit("a", 1_000_000)).isEqualTo(FloodLimit.REFUSED);
    }

    assertThat(limit.admit("a", 1_000_100)).isEqualTo(7);
    assertThat(limit.admit("a", 1_000_100)).isEqualTo(FloodLimit.REFUSED);
    assertThat(limit.admit("a", 1_000_200)).isEqualTo(1);
  }

  @Test
  void countsKindsApart() {
    for (int i = 0; i < 2 * FloodLimit.LINES_AT_ONCE; i++) {
      limit.admit("a", 1_000_000);
    }

    assertThat(limit.admit("b", 1_000_000)).isZero();
  }

  @Test
  void survivesAClockThatJumpsBack() {
    for (int i = 0; i < 2 * FloodLimit.LINES_AT_ONCE; i++) {
      limit.admit("a", 1_000_000);
    }

    assertThat(limit.admit("a", 1_000)).isEqualTo(FloodLimit.LINES_AT_ONCE);
  }
}
