package io.quicmesh.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class InterfaceStatisticsTest {
  private static final List<String> LINES =
      List.of(
          "Inter-|   Receive                                                |  Transmit",
          " face |bytes packets errs drop fifo frame compressed multicast|bytes packets errs drop",
          "   qm0:    100       1    2    3    4     5          6         7     200      2    8   30"
              + "    0     0       0          0",
          "  qm01:9 9 9 9 9 9 9 9 9 9 9 77 9 9 9 9");

  @Test
  void readsTheDropsOfTheRightInterface() throws Exception {
    assertThat(InterfaceStatistics.transmitDrops(LINES, "qm0")).isEqualTo(30);
    assertThat(InterfaceStatistics.transmitDrops(LINES, "qm01")).isEqualTo(77);
  }

  @Test
  void tellsThatAnInterfaceIsGone() {
    assertThatThrownBy(() -> InterfaceStatistics.transmitDrops(LINES, "qm"))
        .isInstanceOf(IOException.class)
        .hasMessage("there is no interface qm");
  }
}
