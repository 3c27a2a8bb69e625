package io.quicmesh.lab.link;

import static io.quicmesh.lab.link.Frames.MILLI;
import static io.quicmesh.lab.link.Frames.drainUntil;
import static io.quicmesh.lab.link.Frames.numbered;
import static io.quicmesh.lab.link.Frames.numbers;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.quicmesh.lab.link.Frames.Arrival;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class LinkDirectionTest {

  @Test
  void aWireDeliversAtOnce() {
    LinkDirection direction = direction("wire");

    direction.handleFrame(numbered(7, 100), 5);

    assertThat(drainUntil(direction, 5)).containsExactly(new Arrival(7, 5));
  }

  @Test
  void delayHoldsEveryFrameForItsTime() {
    LinkDirection direction = direction("delay=20ms");

    direction.handleFrame(numbered(0, 100), 0);
    direction.handleFrame(numbered(1, 100), 3 * MILLI);

    assertThat(drainUntil(direction, 1000 * MILLI))
        .containsExactly(new Arrival(0, 20 * MILLI), new Arrival(1, 23 * MILLI));
  }

  @Test
  void rateGivesEachFrameItsTimeOnTheTransmitter() {
    LinkDirection direction = direction("rate=8mbit queue=100k");

    for (int i = 0; i < 3; i++) {
      direction.handleFrame(numbered(i, 1000), 0);
    }

    assertThat(drainUntil(direction, 1000 * MILLI))
        .containsExactly(
            new Arrival(0, MILLI), new Arrival(1, 2 * MILLI), new Arrival(2, 3 * MILLI));
  }

  @Test
  void aLateDriverLosesNoRate() {
    LinkDirection direction = direction("rate=8mbit queue=100k");
    for (int i = 0; i < 10; i++) {
      direction.handleFrame(numbered(i, 1000), 0);
    }

    assertThat(pollAll(direction, 10 * MILLI)).isEqualTo(10);
  }

  @Test
  void anIdleTransmitterSavesNoRateForLater() {
    LinkDirection direction = direction("rate=8mbit queue=100k");
    direction.handleFrame(numbered(0, 1000), 50 * MILLI);
    direction.handleFrame(numbered(1, 1000), 50 * MILLI);

    assertThat(drainUntil(direction, 1000 * MILLI))
        .containsExactly(new Arrival(0, 51 * MILLI), new Arrival(1, 52 * MILLI));
  }

  @Test
  void aFullQueueDropsAtItsTail() {
    LinkDirection direction = direction("rate=8mbit queue=2500");

    for (int i = 0; i < 4; i++) {
      direction.handleFrame(numbered(i, 1000), 0);
    }

    assertThat(numbers(drainUntil(direction, 1000 * MILLI))).containsExactly(0, 1);
    assertThat(direction.counters().dropped().queue()).isEqualTo(2);
  }

  @Test
  void framesOnTheWireDoNotFillTheQueue() {
    LinkDirection direction = direction("rate=8mbit queue=1000 delay=1s");

    direction.handleFrame(numbered(0, 1000), 0);
    direction.handleFrame(numbered(1, 1000), MILLI);

    assertThat(direction.counters().dropped().total()).isZero();
    direction.close();
  }

  @Test
  void aFasterRateAppliesToWhatWaits() {
    LinkDirection direction = direction("rate=8kbit queue=100k");
    direction.handleFrame(numbered(0, 1000), 0);
    direction.handleFrame(numbered(1, 1000), 0);

    direction.configure(LinkWords.apply("rate=8mbit", direction.settings()), 10 * MILLI);

    assertThat(drainUntil(direction, 1000 * MILLI))
        .containsExactly(new Arrival(0, 11 * MILLI), new Arrival(1, 12 * MILLI));
  }

  @Test
  void aShorterDelayLetsNothingOvertake() {
    LinkDirection direction = direction("delay=100ms");
    direction.handleFrame(numbered(0, 100), 0);

    direction.configure(LinkWords.apply("delay=1ms", direction.settings()), MILLI);
    direction.handleFrame(numbered(1, 100), 2 * MILLI);

    assertThat(drainUntil(direction, 1000 * MILLI))
        .containsExactly(new Arrival(0, 100 * MILLI), new Arrival(1, 100 * MILLI));
  }

  @Test
  void pauseHoldsFramesAndResumeSendsThemAtTheRate() {
    LinkDirection direction = direction("rate=8mbit queue=100k");
    direction.handleFrame(numbered(0, 1000), 0);
    direction.pause(MILLI / 2);
    direction.handleFrame(numbered(1, 1000), 2 * MILLI);
    direction.handleFrame(numbered(2, 1000), 2 * MILLI);

    assertThat(drainUntil(direction, 50 * MILLI)).containsExactly(new Arrival(0, MILLI));
    direction.resume(50 * MILLI);

    assertThat(drainUntil(direction, 1000 * MILLI))
        .containsExactly(new Arrival(1, 51 * MILLI), new Arrival(2, 52 * MILLI));
  }

  @Test
  void aPauseFillsTheQueueOfAnUnlimitedLinkAndNoMore() {
    LinkDirection direction = direction("queue=1500");
    direction.pause(0);

    direction.handleFrame(numbered(0, 1000), 1);
    direction.handleFrame(numbered(1, 1000), 2);
    direction.resume(3);

    assertThat(drainUntil(direction, 1000)).containsExactly(new Arrival(0, 3));
    assertThat(direction.counters().dropped().queue()).isOne();
  }

  @Test
  void aCutDropsWhatWaitsWhatIsUnderWayAndWhatComes() {
    LinkDirection direction = direction("rate=8mbit queue=100k delay=10ms");
    for (int i = 0; i < 3; i++) {
      direction.handleFrame(numbered(i, 1000), 0);
    }
    direction.poll(MILLI);

    direction.cut();
    direction.handleFrame(numbered(3, 1000), 2 * MILLI);
    direction.mend();
    direction.handleFrame(numbered(4, 1000), 3 * MILLI);

    assertThat(numbers(drainUntil(direction, 1000 * MILLI))).containsExactly(4);
    assertThat(direction.counters().dropped().cut()).isEqualTo(4);
  }

  @Test
  void aPacketAboveTheMtuVanishes() {
    LinkDirection direction = direction("mtu=1280");

    direction.handleFrame(numbered(0, 14 + 1280), 0);
    direction.handleFrame(numbered(1, 14 + 1281), 0);

    assertThat(numbers(drainUntil(direction, 0))).containsExactly(0);
    assertThat(direction.counters().dropped().mtu()).isOne();
  }

  @Test
  void heldFramesAreReleasedWhenItEnds() {
    LinkDirection direction = direction("rate=8kbit queue=100k delay=1s");
    ByteBuf first = numbered(0, 100);
    ByteBuf second = numbered(1, 100);
    direction.handleFrame(first, 0);
    direction.handleFrame(second, 0);

    direction.close();

    assertThat(List.of(first.refCnt(), second.refCnt())).containsOnly(0);
    assertThat(direction.heldBytes()).isZero();
  }

  @Test
  void equalSeedsGiveEqualTraces() {
    String words =
        "rate=50mbit delay=5ms jitter=2ms/reorder loss=5% burst=2%/30% reorder=3%/4ms"
            + " duplicate=2% flip=2% queue=64k";

    assertThat(trace(words, 42)).isEqualTo(trace(words, 42)).isNotEqualTo(trace(words, 43));
  }

  @Test
  void everyFrameIsCountedOnceWhateverHappensToIt() {
    LinkDirection direction = direction("rate=20mbit queue=20k delay=3ms loss=5% duplicate=5%");

    int arrived = 0;
    for (int i = 0; i < 5_000; i++) {
      arrived += drainUntil(direction, i * 100_000L).size();
      direction.handleFrame(numbered(i, 300), i * 100_000L);
      LinkCounters counters = direction.counters();
      assertThat(counters.out()).isEqualTo(arrived);
      long held = counters.queueBytes() / 300 + counters.underWayFrames();
      assertThat(counters.in() + counters.duplicated())
          .isEqualTo(arrived + counters.dropped().total() + held);
    }
    direction.close();
  }

  private static List<Arrival> trace(String words, long seed) {
    LinkDirection direction =
        new LinkDirection(LinkWords.apply(words, LinkSettings.WIRE), new SplittableRandom(seed));
    for (int i = 0; i < 500; i++) {
      direction.handleFrame(numbered(i, 200), i * 50_000L);
    }
    return drainUntil(direction, 10_000 * MILLI);
  }

  private static int pollAll(LinkDirection direction, long nowNanos) {
    int count = 0;
    for (ByteBuf frame = direction.poll(nowNanos);
        frame != null;
        frame = direction.poll(nowNanos)) {
      frame.release();
      count++;
    }
    return count;
  }

  private static LinkDirection direction(String words) {
    return new LinkDirection(LinkWords.apply(words, LinkSettings.WIRE), new SplittableRandom(1));
  }
}
