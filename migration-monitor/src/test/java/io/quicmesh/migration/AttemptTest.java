package io.quicmesh.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AttemptTest {

  @Test
  void isOrderedByCounterThenNodeId() {
    List<Attempt> sorted =
        List.of(new Attempt(2, "a"), new Attempt(1, "b"), new Attempt(1, "a")).stream()
            .sorted()
            .toList();

    assertThat(sorted)
        .containsExactly(new Attempt(1, "a"), new Attempt(1, "b"), new Attempt(2, "a"));
  }

  @Test
  void nextIsHigherThanAllThatWasSeen() {
    AttemptCounter counter = new AttemptCounter("b");

    assertThat(counter.next()).isEqualTo(new Attempt(1, "b"));
    assertThat(counter.admit(new Attempt(7, "a"))).isNull();
    assertThat(counter.next()).isEqualTo(new Attempt(8, "b"));
  }

  @Test
  void admitsOnlyWhatIsHigher() {
    AttemptCounter counter = new AttemptCounter("b");
    counter.next();

    assertThat(counter.admit(new Attempt(1, "a"))).isEqualTo(new Attempt(1, "b"));
    assertThat(counter.admit(new Attempt(1, "b"))).isEqualTo(new Attempt(1, "b"));
    assertThat(counter.admit(new Attempt(1, "c"))).isNull();
    assertThat(counter.admit(new Attempt(1, "c"))).isEqualTo(new Attempt(1, "c"));
  }
}
