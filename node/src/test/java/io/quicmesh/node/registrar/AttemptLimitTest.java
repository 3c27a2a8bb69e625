package io.quicmesh.node.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.transport.wire.Fingerprint;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class AttemptLimitTest {

  private static final long START = Long.MAX_VALUE - 5;

  private final AttemptLimit limit = new AttemptLimit();

  @Test
  void aKeyWithTooManyWrongTokensWaits() {
    for (int i = 0; i < AttemptLimit.WRONG_MAX; i++) {
      assertThat(limit.admits(key(1), START)).isTrue();
      limit.handleWrong(key(1), START);
    }

    assertThat(limit.admits(key(1), START)).isFalse();
    assertThat(limit.admits(key(2), START)).isTrue();
    assertThat(limit.admits(key(1), START + AttemptLimit.PENALTY.toNanos() - 1)).isFalse();
    assertThat(limit.admits(key(1), START + AttemptLimit.PENALTY.toNanos())).isTrue();
  }

  @Test
  void attemptsWithEverNewKeysAreLimitedInAll() {
    int admitted = 0;
    for (int i = 0; i < 1_000; i++) {
      admitted += limit.admits(key(i), START) ? 1 : 0;
    }

    assertThat(admitted).isEqualTo(AttemptLimit.BURST);
    assertThat(limit.admits(key(5), START + AttemptLimit.REFILL.toNanos() - 1)).isFalse();
    assertThat(limit.admits(key(5), START + AttemptLimit.REFILL.toNanos())).isTrue();
    assertThat(limit.admits(key(5), START + AttemptLimit.REFILL.toNanos())).isFalse();
  }

  private static Fingerprint key(int number) {
    return Fingerprint.of(ByteBuffer.allocate(Fingerprint.BYTES).putInt(number).array());
  }
}
