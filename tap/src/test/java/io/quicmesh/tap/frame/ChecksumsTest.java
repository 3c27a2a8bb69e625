package io.quicmesh.tap.frame;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ChecksumsTest {
  @Test
  void agreesWithAByteByByteSumForEveryLengthAndOffset() {
    long seed = 20_260;
    Random random = new Random(seed);
    byte[] bytes = new byte[200];
    random.nextBytes(bytes);
    ByteBuf buf = Unpooled.wrappedBuffer(bytes);

    for (int offset = 0; offset < 9; offset++) {
      for (int length = 0; length <= 190; length++) {
        assertThat(Checksums.fold(Checksums.sum(buf, offset, length)))
            .as("seed %d, offset %d, length %d", seed, offset, length)
            .isEqualTo(Frames.naiveSum(buf, offset, length, 0));
      }
    }
  }

  @Test
  void doesNotOverflowOnTheLargestFrameOfOnes() {
    ByteBuf buf = Unpooled.buffer(65_536).writerIndex(65_536);
    for (int i = 0; i < 65_536; i++) {
      buf.setByte(i, 0xff);
    }

    assertThat(Checksums.fold(Checksums.sum(buf, 0, 65_536))).isEqualTo(0xffff);
  }

  @Test
  void writesOnesWhereZeroWouldMeanNone() {
    assertThat(Checksums.complement(0xffff)).isZero();
    assertThat(Checksums.complementNotZero(0xffff)).isEqualTo(0xffff);
    assertThat(Checksums.complementNotZero(0x1234)).isEqualTo(0xedcb);
  }
}
