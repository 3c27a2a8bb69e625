package io.quicmesh.lab.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class InFlightTest {

  private static final long SEED = 7;

  private record Entry(long arrivalNanos, int number) {}

  @Test
  void givesTheEarliestFirstAndEqualOnesInOrder() {
    SplittableRandom random = new SplittableRandom(SEED);
    InFlight inFlight = new InFlight();
    List<Entry> waiting = new ArrayList<>();
    Comparator<Entry> expectedOrder =
        Comparator.comparingLong(Entry::arrivalNanos).thenComparingInt(Entry::number);

    for (int i = 0; i < 20_000; i++) {
      if (waiting.isEmpty() || random.nextInt(100) < 52) {
        Entry entry = new Entry(random.nextLong(50), i);
        waiting.add(entry);
        inFlight.add(Frames.numbered(i, 60), entry.arrivalNanos());
      } else {
        Entry expected = waiting.stream().min(expectedOrder).orElseThrow();
        waiting.remove(expected);
        assertThat(inFlight.firstArrivalNanos()).isEqualTo(expected.arrivalNanos());
        ByteBuf frame = inFlight.removeFirst();
        assertThat(frame.getInt(56)).as("seed %d step %d", SEED, i).isEqualTo(expected.number());
      }
      assertThat(inFlight.size()).isEqualTo(waiting.size());
      assertThat(inFlight.bytes()).isEqualTo(60L * waiting.size());
    }
  }

  @Test
  void hasNoArrivalWhenEmpty() {
    assertThat(new InFlight().firstArrivalNanos()).isEqualTo(Long.MAX_VALUE);
  }
}
