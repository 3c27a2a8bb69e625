package io.quicmesh.transport.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class FlightBoundTest {

  private static final long CAP_BYTES = 16 << 20;
  private static final long START_BYTES = 128 << 10;
  private static final long LEAST_BYTES = 32 << 10;
  private static final long MILLI = 1_000_000;

  private final FlightBound bound = new FlightBound(CAP_BYTES, 0);

  @Test
  void beginsWithLittle() {
    assertThat(bound.bytes()).isEqualTo(START_BYTES);
    assertThat(bound.rateBytesPerSecond()).isZero();
  }

  @Test
  void isTwiceWhatThePathDeliversInARoundTrip() {
    bound.handleAck(1 << 20, 0, 0, 10 * MILLI);

    assertThat(bound.bytes()).isEqualTo(2 << 20);
    assertThat(bound.rateBytesPerSecond()).isEqualTo(100L << 20);
  }

  @Test
  void neverFallsUnderTheLeast() {
    bound.handleAck(100, 0, 0, 10 * MILLI);

    assertThat(bound.bytes()).isEqualTo(LEAST_BYTES);
  }

  @Test
  void letsASlowPathQueueForAShortTimeOnly() {
    bound.handleAck(12_500, 0, 0, 10 * MILLI); // 10 Mbit/s

    assertThat(bound.bytes()).isEqualTo(62_500);
  }

  @Test
  void neverExceedsTheCap() {
    bound.handleAck(100 << 20, 0, 0, 10 * MILLI);

    assertThat(bound.bytes()).isEqualTo(CAP_BYTES);
  }

  @Test
  void countsWhatWasDeliveredBetweenSendingAndAcknowledgement() {
    bound.handleAck(1 << 20, 0, 0, 10 * MILLI);
    bound.handleAck(1 << 20, 5 * MILLI, 0, 15 * MILLI); // 2 MiB in 10 ms

    assertThat(bound.deliveredBytes()).isEqualTo(2 << 20);
    assertThat(bound.bytes()).isEqualTo(4 << 20);
  }

  @Test
  void keepsTheBestOfTheLastSeconds() {
    bound.handleAck(1 << 20, 0, 0, 10 * MILLI);
    bound.handleAck(1 << 10, 1000 * MILLI, bound.deliveredBytes(), 1100 * MILLI);

    assertThat(bound.bytes()).isEqualTo(2 << 20);
  }

  @Test
  void forgetsAPathThatGotWorse() {
    bound.handleAck(1 << 20, 0, 0, 10 * MILLI);
    bound.handleAck(1 << 20, 6000 * MILLI, bound.deliveredBytes(), 6100 * MILLI);

    assertThat(bound.rateBytesPerSecond()).isEqualTo(10L << 20);
    assertThat(bound.bytes()).isEqualTo(256 << 10);
  }

  @Test
  void takesAnAcknowledgementAtTheSameMoment() {
    bound.handleAck(10, 5, 0, 5);

    assertThat(bound.bytes()).isBetween(LEAST_BYTES, CAP_BYTES);
  }
}
