package io.quicmesh.lab.probe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StallsTest {

  @ParameterizedTest
  @CsvSource({
    "0,10,0",
    "0,15,5",
    "12,18,6",
    "10,20,10",
    "15,35,10",
    "0,100,30",
    "40,50,10",
    "60,99,0"
  })
  void tellsHowMuchOfATimeWasStalled(long fromNanos, long toNanos, long expectedNanos) {
    Stalls stalls = new Stalls();
    stalls.add(10, 20);
    stalls.add(30, 35);
    stalls.add(35, 50);

    assertThat(stalls.overlapNanos(fromNanos, toNanos)).isEqualTo(expectedNanos);
  }

  @Test
  void keepsAsManyAsComeUp() {
    Stalls stalls = new Stalls();
    for (long i = 0; i < 1000; i++) {
      stalls.add(i * 10, i * 10 + 1);
    }

    assertThat(stalls.overlapNanos(0, 10_000)).isEqualTo(1000);
  }
}
