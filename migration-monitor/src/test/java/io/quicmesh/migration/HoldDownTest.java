package io.quicmesh.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HoldDownTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final HoldDown holdDown = new HoldDown(ChoiceSettings.DEFAULT);

  @Test
  void isZeroWithoutFlaps() {
    assertThat(holdDown.requiredNanos(0)).isZero();
    assertThat(holdDown.flaps(0)).isZero();
  }

  @Test
  void growsWithEveryFlapUpToItsMaximum() {
    List<Long> seconds = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      holdDown.handleFlap(i * SECOND);
      seconds.add(holdDown.requiredNanos(i * SECOND) / SECOND);
    }

    assertThat(seconds).containsExactly(4L, 16L, 64L, 256L, 300L, 300L);
  }

  @Test
  void forgetsAFlapEveryFiveMinutes() {
    holdDown.handleFlap(0);
    holdDown.handleFlap(SECOND);

    assertThat(holdDown.flaps(300 * SECOND)).isEqualTo(2);
    assertThat(holdDown.flaps(301 * SECOND)).isEqualTo(1);
    assertThat(holdDown.requiredNanos(301 * SECOND)).isEqualTo(4 * SECOND);
    assertThat(holdDown.requiredNanos(601 * SECOND)).isZero();
  }
}
