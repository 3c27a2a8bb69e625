package io.quicmesh.migration;

import static io.quicmesh.migration.Addresses.ip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class PathPolicyTest {

  private final PathPolicy policy =
      new PathPolicy(
          List.of(
              new PathPolicy.Prefix(ip(10, 0, 0, 0), 8),
              new PathPolicy.Prefix(ip(192, 0, 2, 128), 25)));

  @Test
  void ranksByTheFirstPrefixThatMatches() {
    assertThat(policy.rank(ip(10, 200, 1, 1))).isZero();
    assertThat(policy.rank(ip(192, 0, 2, 200))).isEqualTo(1);
  }

  @Test
  void ranksWhatNoPrefixHoldsLast() {
    assertThat(policy.rank(ip(192, 0, 2, 127))).isEqualTo(2);
    assertThat(policy.rank(ip(11, 0, 0, 1))).isEqualTo(2);
  }

  @Test
  void neverMatchesAcrossFamilies() {
    int[] v6 = new int[16];
    v6[0] = 10;

    assertThat(policy.rank(ip(v6))).isEqualTo(2);
  }

  @Test
  void anEmptyPrefixMatchesItsWholeFamily() {
    PathPolicy anyV4 = new PathPolicy(List.of(new PathPolicy.Prefix(ip(0, 0, 0, 0), 0)));

    assertThat(anyV4.rank(ip(8, 8, 8, 8))).isZero();
    assertThat(anyV4.rank(ip(new int[16]))).isEqualTo(1);
  }

  @Test
  void refusesAPrefixLongerThanItsAddress() {
    assertThatThrownBy(() -> new PathPolicy.Prefix(ip(10, 0, 0, 0), 33))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
