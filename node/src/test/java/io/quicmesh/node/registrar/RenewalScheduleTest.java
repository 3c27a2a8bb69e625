package io.quicmesh.node.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RenewalScheduleTest {

  private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
  private static final Instant END = START.plus(Duration.ofDays(30));

  @Test
  void asksAfterTwoThirdsSpreadOverATwelfth() {
    assertThat(new RenewalSchedule(START, END, 0).due()).isEqualTo(START.plus(Duration.ofDays(20)));
    assertThat(new RenewalSchedule(START, END, 1).due())
        .isEqualTo(START.plus(Duration.ofDays(20)).plus(Duration.ofHours(60)));
  }

  @Test
  void asksAgainHourlyAndMoreOftenTowardsTheEnd() {
    RenewalSchedule schedule = new RenewalSchedule(START, END, 0);

    assertThat(schedule.dueAfterFailure(END.minus(Duration.ofDays(5))))
        .isEqualTo(END.minus(Duration.ofDays(5)).plus(Duration.ofHours(1)));
    assertThat(schedule.dueAfterFailure(END.minus(Duration.ofHours(10))))
        .isEqualTo(END.minus(Duration.ofHours(10)).plus(Duration.ofMinutes(30)));
    assertThat(schedule.dueAfterFailure(END.plusSeconds(100))).isEqualTo(END.plusSeconds(130));
  }

  @Test
  void asksAgainWithinSecondsWhereCertificatesAreShort() {
    Instant end = START.plusSeconds(60);
    RenewalSchedule schedule = new RenewalSchedule(START, end, 0);

    assertThat(schedule.due()).isEqualTo(START.plusSeconds(40));
    assertThat(schedule.dueAfterFailure(START.plusSeconds(40))).isEqualTo(START.plusSeconds(43));
    assertThat(schedule.dueAfterFailure(end.plusSeconds(9))).isEqualTo(end.plusSeconds(12));
  }
}
