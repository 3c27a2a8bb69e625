package io.quicmesh.transport.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

final class RecordRingTest {

  private final RecordRing ring = new RecordRing();
  private final ByteBuf buffer = Unpooled.buffer(16);

  private record Entry(int offset, int length, long stampNanos, long delivered) {}

  @RepeatedTest(20)
  void isAQueueThatGrows() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<Entry> model = new ArrayList<>();

    for (int step = 0; step < 3000; step++) {
      int choice = random.nextInt(10);
      if (choice < 6) {
        Entry entry = new Entry(step, random.nextInt(100), random.nextInt(100), step * 2L);
        ring.add(
            buffer.retain(), entry.offset(), entry.length(), entry.stampNanos(), entry.delivered());
        model.add(entry);
      } else if (choice < 9 && !model.isEmpty()) {
        ring.releaseFirst();
        model.remove(0);
      } else {
        int from = random.nextInt(model.size() + 1);
        ring.restamp(from, step, step);
        for (int i = from; i < model.size(); i++) {
          Entry old = model.get(i);
          model.set(i, new Entry(old.offset(), old.length(), step, step));
        }
      }
      assertThat(ring.size()).isEqualTo(model.size());
      assertThat(buffer.refCnt()).isEqualTo(1 + model.size());
    }

    assertThat(entries(ring)).isEqualTo(model);
    assertThat(ring.bytes()).isEqualTo(model.stream().mapToLong(Entry::length).sum());
    ring.releaseAll();
    assertThat(ring.isEmpty()).isTrue();
    assertThat(ring.bytes()).isZero();
    assertThat(buffer.refCnt()).isEqualTo(1);
  }

  @Test
  void movesItsFirstRecordToAnother() {
    RecordRing other = new RecordRing();
    ring.add(buffer.retain(), 1, 10, 0, 0);
    ring.add(buffer.retain(), 2, 20, 0, 0);

    ring.moveFirstTo(other, 5, 6);

    assertThat(entries(ring)).containsExactly(new Entry(2, 20, 0, 0));
    assertThat(entries(other)).containsExactly(new Entry(1, 10, 5, 6));
    assertThat(ring.bytes()).isEqualTo(20);
    assertThat(other.bytes()).isEqualTo(10);
    assertThat(buffer.refCnt()).isEqualTo(3);
    assertThat(other.buffer(0)).isSameAs(buffer);
  }

  private static List<Entry> entries(RecordRing ring) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < ring.size(); i++) {
      entries.add(
          new Entry(ring.offset(i), ring.length(i), ring.stampNanos(i), ring.deliveredBytes(i)));
    }
    return entries;
  }
}
