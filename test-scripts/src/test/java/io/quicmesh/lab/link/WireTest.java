package io.quicmesh.lab.link;

import static io.quicmesh.lab.link.Frames.MILLI;
import static io.quicmesh.lab.link.Frames.drainUntil;
import static io.quicmesh.lab.link.Frames.numbered;
import static io.quicmesh.lab.link.Frames.numbers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.netty.buffer.ByteBuf;
import io.quicmesh.lab.link.Frames.Arrival;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The chances are met within four standard deviations; the seed is fixed, so never by luck. */
final class WireTest {

  private static final int FRAMES = 100_000;
  private static final long SEED = 20_261_120;

  @Test
  void losesTheShareThatIsSet() {
    LinkCounters counters = send("loss=2%").counters();

    assertThat((double) counters.dropped().loss()).isCloseTo(2_000, within(fourSigma(0.02)));
    assertThat(counters.out()).isEqualTo(FRAMES - counters.dropped().total());
  }

  @Test
  void losesInBurstsOfTheLengthThatIsSet() {
    LinkDirection direction = direction("burst=1%/25%");
    List<Integer> arrived = numbers(sendAll(direction));
    int bursts = 0;
    for (int i = 1; i < arrived.size(); i++) {
      bursts += arrived.get(i) - arrived.get(i - 1) > 1 ? 1 : 0;
    }

    long lost = direction.counters().dropped().burst();
    double expected = direction.settings().loss().expected();
    assertThat(expected).isCloseTo(0.01 / 0.26, within(1e-12));
    assertThat((double) lost / FRAMES).isCloseTo(expected, within(0.1 * expected));
    assertThat((double) lost / bursts).isCloseTo(4, within(0.4));
    assertThat(direction.counters().dropped().loss()).isZero();
  }

  @Test
  void aBurstMayLetSomeFramesPass() {
    LinkCounters counters = send("burst=1%/25%/50%").counters();

    double expected = 0.01 / 0.26 / 2;
    assertThat((double) counters.dropped().burst() / FRAMES)
        .isCloseTo(expected, within(0.12 * expected));
  }

  @Test
  void duplicatesTheShareThatIsSetRightBehindTheFirst() {
    LinkDirection direction = direction("duplicate=3%");
    List<Integer> arrived = numbers(sendAll(direction));

    assertThat((double) direction.counters().duplicated())
        .isCloseTo(3_000, within(fourSigma(0.03)));
    assertThat(arrived).hasSize(FRAMES + (int) direction.counters().duplicated()).isSorted();
  }

  @Test
  void holdsBackTheShareThatIsSetSoThatOthersOvertake() {
    LinkDirection direction = direction("delay=1ms reorder=1%/5ms");
    List<Arrival> arrived = sendAll(direction);

    long overtaken = 0;
    for (int i = 1; i < arrived.size(); i++) {
      overtaken += arrived.get(i).number() < arrived.get(i - 1).number() ? 1 : 0;
    }
    assertThat((double) direction.counters().reordered()).isCloseTo(1_000, within(fourSigma(0.01)));
    assertThat(overtaken).isGreaterThan(900);
  }

  @Test
  void jitterThatReordersSpreadsTheDelayEvenlyAroundItsMean() {
    List<Arrival> arrived = sendAll(direction("delay=10ms jitter=4ms/reorder"));

    assertSpread(arrived, 3.9);
    assertThat(inversions(numbers(arrived))).isPositive();
  }

  @Test
  void jitterThatKeepsTheOrderSpreadsTheDelayAroundTheSameMean() {
    List<Arrival> arrived = sendAll(direction("delay=10ms jitter=4ms"));

    assertSpread(arrived, 3.5);
    assertThat(numbers(arrived)).isSorted();
  }

  @Test
  void jitterThatKeepsTheOrderHoldsNoFrameForTheOneBefore() {
    LinkDirection direction = direction("delay=200ms jitter=50ms");
    List<Arrival> arrived = new ArrayList<>();
    for (int i = 0; i < 50_000; i++) {
      direction.handleFrame(numbered(i, 64), i * MILLI / 10);
    }
    arrived.addAll(drainUntil(direction, Long.MAX_VALUE - 1));

    long together = 0;
    for (int i = 1; i < arrived.size(); i++) {
      together += arrived.get(i).nanos() == arrived.get(i - 1).nanos() ? 1 : 0;
    }
    assertThat(together).isZero();
  }

  private static void assertSpread(List<Arrival> arrived, double reachedMillis) {
    List<Long> delays =
        arrived.stream().map(arrival -> arrival.nanos() - arrival.number() * MILLI).toList();
    double mean = delays.stream().mapToLong(Long::longValue).average().orElseThrow();
    assertThat(mean).isCloseTo(10 * MILLI, within(0.01 * 10 * MILLI));
    assertThat(delays).allMatch(delay -> delay >= 6 * MILLI && delay <= 14 * MILLI);
    assertThat(delays).anyMatch(delay -> delay < (10 - reachedMillis) * MILLI);
    assertThat(delays).anyMatch(delay -> delay > (10 + reachedMillis) * MILLI);
  }

  @Test
  void flipsOneBitBehindTheEthernetHeader() {
    LinkDirection direction = direction("flip=100%");
    for (int i = 0; i < 200; i++) {
      direction.handleFrame(numbered(0, 60), 0);
    }

    int[] bitsSet = new int[200];
    for (int i = 0; i < 200; i++) {
      ByteBuf frame = direction.poll(0);
      assertThat(frame).isNotNull();
      for (int at = 0; at < 60; at++) {
        int bits = Integer.bitCount(frame.getUnsignedByte(at));
        assertThat(at >= 14 || bits == 0).isTrue();
        bitsSet[i] += bits;
      }
      frame.release();
    }
    assertThat(bitsSet).containsOnly(1);
    assertThat(direction.counters().flipped()).isEqualTo(200);
  }

  private static LinkDirection send(String words) {
    LinkDirection direction = direction(words);
    sendAll(direction);
    return direction;
  }

  /** One frame a millisecond. */
  private static List<Arrival> sendAll(LinkDirection direction) {
    List<Arrival> arrivals = new ArrayList<>();
    for (int i = 0; i < FRAMES; i++) {
      long nowNanos = i * MILLI;
      arrivals.addAll(drainUntil(direction, nowNanos));
      direction.handleFrame(numbered(i, 64), nowNanos);
    }
    arrivals.addAll(drainUntil(direction, Long.MAX_VALUE - 1));
    return arrivals;
  }

  private static long inversions(List<Integer> numbers) {
    long count = 0;
    for (int i = 1; i < numbers.size(); i++) {
      count += numbers.get(i) < numbers.get(i - 1) ? 1 : 0;
    }
    return count;
  }

  private static double fourSigma(double probability) {
    return 4 * Math.sqrt(FRAMES * probability * (1 - probability));
  }

  private static LinkDirection direction(String words) {
    return new LinkDirection(LinkWords.apply(words, LinkSettings.WIRE), new SplittableRandom(SEED));
  }
}
