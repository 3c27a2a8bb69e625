package io.quicmesh.transport.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class FlightBoundTest {

  private static final long CAP_BYTES = 16 << 20;
  private static final long FLOOR_BYTES = 256 << 10;
  private static final long MILLI = 1_000_000;

  private final FlightBound bound = new FlightBound(CAP_BYTES, 0);

  @Test
  void beginsAtTheFloor() {
    assertThat(bound.bytes()).isEqualTo(FLOOR_BYTES);
    assertThat(bound.rateBytesPerSecond()).isZero();
  }

  @Test
  void isTwiceWhatThePathDeliversInARoundTrip() {
    bound.handleAck(1 << 20, 0, 0, 10 * MILLI);

    assertThat(bound.bytes()).isEqualTo(2 << 20);
    assertThat(bound.rateBytesPerSecond()).isEqualTo(100L << 20);
  }

  @Test
  void neverFallsUnderTheFloor() {
    bound.handleAck(100, 0, 0, 10 * MILLI);

    assertThat(bound.bytes()).isEqualTo(FLOOR_BYTES);
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
    assertThat(bound.bytes()).isEqualTo(2 << 20);
  }

  @Test
  void takesAnAcknowledgementAtTheSameMoment() {
    bound.handleAck(10, 5, 0, 5);

    assertThat(bound.bytes()).isBetween(FLOOR_BYTES, CAP_BYTES);
  }
}
