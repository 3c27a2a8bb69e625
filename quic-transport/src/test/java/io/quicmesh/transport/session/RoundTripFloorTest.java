package io.quicmesh.transport.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RoundTripFloorTest {

  private static final long MILLI = 1_000_000;

  private final RoundTripFloor floor = new RoundTripFloor();

  private void samplesEvery10Ms(long rttNanos, long fromNanos, long toNanos) {
    for (long now = fromNanos; now < toNanos; now += 10 * MILLI) {
      floor.handleSample(rttNanos, now);
    }
  }

  @Test
  void isTheSmallestSample() {
    floor.handleSample(12 * MILLI, 0);
    floor.handleSample(10 * MILLI, MILLI);
    floor.handleSample(30 * MILLI, 2 * MILLI);

    assertThat(floor.nanos()).isEqualTo(10 * MILLI);
    assertThat(floor.isProbing()).isFalse();
  }

  @Test
  void isProbedForWhenRoundTripsStayLong() {
    samplesEvery10Ms(10 * MILLI, 5000 * MILLI, 5100 * MILLI);
    samplesEvery10Ms(60 * MILLI, 5100 * MILLI, 7200 * MILLI);

    assertThat(floor.isProbing()).isTrue();
  }

  @Test
  void isWhatAProbeShowed() {
    samplesEvery10Ms(10 * MILLI, 5000 * MILLI, 5100 * MILLI);
    samplesEvery10Ms(200 * MILLI, 5100 * MILLI, 7150 * MILLI);
    samplesEvery10Ms(40 * MILLI, 7150 * MILLI, 7600 * MILLI);

    assertThat(floor.isProbing()).isFalse();
    assertThat(floor.nanos()).isEqualTo(40 * MILLI);
  }

  @Test
  void isNotProbedForWhileSamplesComeNearIt() {
    for (long now = 0; now < 30_000 * MILLI; now += 500 * MILLI) {
      floor.handleSample(10 * MILLI, now);
      floor.handleSample(25 * MILLI, now + 250 * MILLI);
      assertThat(floor.isProbing()).isFalse();
    }
  }
}
