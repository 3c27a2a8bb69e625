package io.quicmesh.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DemotionTest {

  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Demotion demotion = new Demotion(ChoiceSettings.DEFAULT);
  private final PathQuality relay = Qualities.rtt(40);

  @Test
  void comesAfterThreeSecondsOfALongerRoundTrip() {
    demotion.handleCompared(Qualities.rtt(111), relay, 0);
    demotion.handleCompared(Qualities.rtt(111), relay, 2999 * MS);
    boolean before = demotion.inForce();
    long deadline = demotion.nextDeadlineNanos();
    demotion.handleCompared(Qualities.rtt(111), relay, 3000 * MS);

    assertThat(before).isFalse();
    assertThat(deadline).isEqualTo(3000 * MS);
    assertThat(demotion.inForce()).isTrue();
    assertThat(demotion.nextDeadlineNanos()).isEqualTo(Deadlines.NEVER);
  }

  @Test
  void doesNotComeWithinTheMargin() {
    for (long t = 0; t < 10; t++) {
      demotion.handleCompared(Qualities.rtt(109), relay, t * 1000 * MS);
    }

    assertThat(demotion.inForce()).isFalse();
  }

  @Test
  void oneGoodMeasurementStartsTheSecondsAnew() {
    demotion.handleCompared(Qualities.rtt(500), relay, 0);
    demotion.handleCompared(Qualities.rtt(20), relay, 2000 * MS);
    demotion.handleCompared(Qualities.rtt(500), relay, 2100 * MS);
    demotion.handleCompared(Qualities.rtt(500), relay, 5000 * MS);

    assertThat(demotion.inForce()).isFalse();
  }

  @Test
  void comesForLossThatRestsOnEnoughPackets() {
    PathQuality lossy = Qualities.loss(20, 0.06, 100);
    demotion.handleCompared(lossy, relay, 0);
    demotion.handleCompared(lossy, relay, 3000 * MS);

    assertThat(demotion.inForce()).isTrue();
  }

  @Test
  void doesNotComeForLossOfAFewPackets() {
    PathQuality lossy = Qualities.loss(20, 0.5, 4);
    demotion.handleCompared(lossy, relay, 0);
    demotion.handleCompared(lossy, relay, 3000 * MS);

    assertThat(demotion.inForce()).isFalse();
  }

  @Test
  void endsOnlyWithinHalfTheMarginForAsLong() {
    demotion.handleCompared(Qualities.rtt(200), relay, 0);
    demotion.handleCompared(Qualities.rtt(200), relay, 3000 * MS);

    demotion.handleCompared(Qualities.rtt(100), relay, 4000 * MS);
    demotion.handleCompared(Qualities.rtt(100), relay, 9000 * MS);
    boolean withinWholeMargin = demotion.inForce();
    boolean early = demotion.handleCompared(Qualities.rtt(70), relay, 10_000 * MS);
    boolean ended = demotion.handleCompared(Qualities.rtt(70), relay, 13_000 * MS);

    assertThat(withinWholeMargin).isTrue();
    assertThat(early).isFalse();
    assertThat(ended).isTrue();
    assertThat(demotion.inForce()).isFalse();
  }

  @Test
  void needsARelayToCompareWith() {
    demotion.handleCompared(Qualities.rtt(900), null, 0);
    demotion.handleCompared(Qualities.rtt(900), null, 5000 * MS);

    assertThat(demotion.inForce()).isFalse();
  }

  @Test
  void needsMeasurementsOfBoth() {
    PathQuality guess = new PathQuality(false, 333 * MS, 0, 0, 0, 0.5, 100, 0, 0);
    demotion.handleCompared(guess, relay, 0);
    demotion.handleCompared(guess, relay, 5000 * MS);

    assertThat(demotion.inForce()).isFalse();
  }
}
