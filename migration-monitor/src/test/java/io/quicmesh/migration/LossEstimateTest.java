package io.quicmesh.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LossEstimateTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final LossEstimate loss = new LossEstimate(0);

  @Test
  void isZeroWithoutPackets() {
    assertThat(loss.ratio(SECOND)).isZero();
    assertThat(loss.samples(SECOND)).isZero();
  }

  @Test
  void joinsTheCurrentAndTheFormerWindow() {
    loss.add(100, 10, SECOND);
    loss.add(100, 0, 6 * SECOND);

    assertThat(loss.ratio(6 * SECOND)).isEqualTo(0.05);
    assertThat(loss.samples(6 * SECOND)).isEqualTo(200);
  }

  @Test
  void forgetsAfterTwoWindows() {
    loss.add(100, 10, SECOND);

    assertThat(loss.ratio(5 * SECOND)).isEqualTo(0.1);
    assertThat(loss.ratio(10 * SECOND)).isZero();
  }

  @Test
  void forgetsAtOnceAfterALongPause() {
    loss.add(100, 10, SECOND);

    assertThat(loss.ratio(100 * SECOND)).isZero();
  }

  @Test
  void neverExceedsOneNorGoesNegative() {
    loss.add(1, 5, SECOND);
    double capped = loss.ratio(SECOND);
    loss.add(-10, -10, SECOND);

    assertThat(capped).isEqualTo(1.0);
    assertThat(loss.samples(SECOND)).isEqualTo(1);
  }
}
