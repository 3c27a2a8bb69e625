package io.quicmesh.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RttEstimateTest {

  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final RttEstimate rtt = new RttEstimate();

  @Test
  void guessesBeforeTheFirstSample() {
    assertThat(rtt.measured()).isFalse();
    assertThat(rtt.smoothedNanos()).isEqualTo(333 * MS);
    assertThat(rtt.minNanos()).isEqualTo(333 * MS);
  }

  @Test
  void firstSampleReplacesTheGuess() {
    rtt.handleSample(10 * MS, 0);

    assertThat(rtt.smoothedNanos()).isEqualTo(10 * MS);
    assertThat(rtt.varianceNanos()).isEqualTo(5 * MS);
    assertThat(rtt.jitterNanos()).isZero();
  }

  @Test
  void smoothsAsTheRfcsSay() {
    rtt.handleSample(10 * MS, 0);
    rtt.handleSample(26 * MS, SECOND);

    assertThat(rtt.smoothedNanos()).isEqualTo(12 * MS);
    assertThat(rtt.varianceNanos()).isEqualTo(5 * MS + (16 - 5) * MS / 4);
    assertThat(rtt.jitterNanos()).isEqualTo(MS);
  }

  @Test
  void minimumForgetsAfterAMinute() {
    rtt.handleSample(5 * MS, 0);
    rtt.handleSample(20 * MS, 20 * SECOND);
    long within = rtt.minNanos();
    rtt.handleSample(20 * MS, 31 * SECOND);
    long oneWindowLater = rtt.minNanos();
    rtt.handleSample(21 * MS, 62 * SECOND);

    assertThat(within).isEqualTo(5 * MS);
    assertThat(oneWindowLater).isEqualTo(5 * MS);
    assertThat(rtt.minNanos()).isEqualTo(20 * MS);
  }

  @Test
  void aNegativeSampleOfABrokenClockDoesNoHarm() {
    rtt.handleSample(-5, 0);

    assertThat(rtt.smoothedNanos()).isEqualTo(1);
  }
}
