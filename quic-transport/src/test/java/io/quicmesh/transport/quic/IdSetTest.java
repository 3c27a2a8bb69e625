package io.quicmesh.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IdSetTest {

  private final IdSet ids = new IdSet();
  private final ConnectionIds generator = new ConnectionIds();

  @Test
  void findsExactlyWhatWasAdded() {
    byte[] known = generator.next();
    ids.add(known);

    assertThat(contains(known)).isTrue();
    assertThat(contains(generator.next())).isFalse();
    for (int bit = 0; bit < known.length * 8; bit++) {
      byte[] changed = known.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(contains(changed)).as("bit %d", bit).isFalse();
    }
  }

  @Test
  void forgetsWhatWasRemovedAndNothingElse() {
    byte[] first = generator.next();
    byte[] second = generator.next();
    ids.add(first);
    ids.add(second);

    ids.remove(first);
    ids.remove(generator.next());

    assertThat(contains(first)).isFalse();
    assertThat(contains(second)).isTrue();
    assertThat(ids.size()).isOne();
  }

  @Test
  void tellsIdsOfDifferentLengthsApart() {
    byte[] eight = new byte[8];
    new Random(3).nextBytes(eight);
    ids.add(eight);

    assertThat(contains(eight)).isTrue();
    assertThat(ids.contains(Unpooled.wrappedBuffer(eight, new byte[12]), 0, 20)).isFalse();
    assertThat(ids.contains(Unpooled.wrappedBuffer(eight), 0, 7)).isFalse();
  }

  private boolean contains(byte[] id) {
    ByteBuf packet = Unpooled.buffer().writeByte(0x40).writeBytes(id).writeZero(10);
    return ids.contains(packet, 1, id.length);
  }
}
