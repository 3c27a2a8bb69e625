package io.quicmesh.node.switching;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class MacTableTest {

  private static final SwitchLimits LIMITS = new SwitchLimits(100, 64, 1000, 2, 50, 1, 1);

  private final MacTable table = new MacTable(LIMITS);

  @Test
  void holdsAsManyAddressesAsItShould() {
    for (int mac = 1; mac <= 100; mac++) {
      assertThat(table.isFull()).isFalse();
      table.put(MacTable.key(mac, 0), mac, 0);
    }

    assertThat(table.isFull()).isTrue();
    for (int mac = 1; mac <= 100; mac++) {
      assertThat(table.port(table.find(MacTable.key(mac, 0), 0))).isEqualTo(mac);
    }
    assertThat(table.find(MacTable.key(101, 0), 0)).isEqualTo(MacTable.UNKNOWN);
  }

  @Test
  void tellsVlansApart() {
    assertThat(MacTable.key(1, 1)).isNotEqualTo(MacTable.key(1, 0));
    assertThat(MacTable.key(0xffff_ffff_ffffL, 4095)).isNotZero();
  }

  @Test
  void doesNotFindWhatHasAgedButStillHoldsIt() {
    table.put(MacTable.key(1, 0), 7, 0);

    assertThat(table.find(MacTable.key(1, 0), 1000)).isNotEqualTo(MacTable.UNKNOWN);
    assertThat(table.find(MacTable.key(1, 0), 1001)).isEqualTo(MacTable.UNKNOWN);
    assertThat(table.portOf(MacTable.key(1, 0))).isEqualTo(7);
    assertThat(table.portOf(MacTable.key(2, 0))).isEqualTo(MacTable.UNKNOWN);
  }

  @Test
  void countsMovesWithinAWindow() {
    table.put(MacTable.key(1, 0), 1, 0);
    int slot = table.find(MacTable.key(1, 0), 0);

    assertThat(table.move(slot, 2, 10)).isTrue();
    assertThat(table.move(slot, 1, 20)).isTrue();
    assertThat(table.move(slot, 2, 50)).isFalse();
    assertThat(table.port(slot)).isEqualTo(1);
    assertThat(table.move(slot, 2, 51)).isTrue();
  }

  @Test
  void sweepsWhatHasAgedAndWhatIsOnAPort() {
    table.put(MacTable.key(1, 0), 1, 0);
    table.put(MacTable.key(2, 0), 1, 500);
    table.put(MacTable.key(3, 0), 2, 500);

    assertThat(table.sweep(1200, 2)).isEqualTo(2);

    assertThat(table.size()).isEqualTo(1);
    assertThat(table.countOn(1)).isEqualTo(1);
    assertThat(table.find(MacTable.key(2, 0), 1200)).isNotEqualTo(MacTable.UNKNOWN);
  }
}
