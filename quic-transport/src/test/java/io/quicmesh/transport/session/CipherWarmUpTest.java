package io.quicmesh.transport.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;

final class CipherWarmUpTest {

  @Test
  void sealsAndOpensEveryByte() {
    assertThat(CipherWarmUp.run(UnpooledByteBufAllocator.DEFAULT)).isEqualTo(3000L * 1024);
  }
}
