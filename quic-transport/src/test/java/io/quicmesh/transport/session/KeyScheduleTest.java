package io.quicmesh.transport.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Compares with another implementation of HKDF, so that the labels and salts stay what they are.
 */
final class KeyScheduleTest {

  private static final byte[] SECRET = filled(32, 1);
  private static final byte[] NONCES = filled(64, 2);

  private final KeySchedule keys = new KeySchedule(SECRET);

  @Test
  void derivesEveryKeyByHkdf() {
    assertThat(keys.sessionId().toBytes()).isEqualTo(hkdf(null, SECRET, "quicmesh session id", 16));
    assertThat(keys.heartbeatKey()).isEqualTo(hkdf(null, SECRET, "quicmesh heartbeat", 32));
    assertThat(keys.resumeKey(0)).isEqualTo(hkdf(null, SECRET, "quicmesh resume", 32));
    assertThat(keys.recordKey(0, NONCES, true))
        .isEqualTo(hkdf(NONCES, SECRET, "quicmesh records >", 16));
    assertThat(keys.recordKey(0, NONCES, false))
        .isEqualTo(hkdf(NONCES, SECRET, "quicmesh records <", 16));
  }

  @Test
  void derivesEachGenerationFromTheOneBefore() {
    byte[] second = hkdf(null, hkdf(null, SECRET, "quicmesh next", 32), "quicmesh next", 32);
    byte[] expected = hkdf(null, second, "quicmesh resume", 32);

    assertThat(keys.resumeKey(2)).isEqualTo(expected);
    keys.ratchetTo(2);
    assertThat(keys.resumeKey(2)).isEqualTo(expected);
    assertThat(keys.generation()).isEqualTo(2);
  }

  @Test
  void cannotGoBack() {
    keys.ratchetTo(1);

    assertThat(keys.isReachable(0)).isFalse();
    assertThatThrownBy(() -> keys.resumeKey(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> keys.recordKey(0, NONCES, true))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> keys.ratchetTo(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void lookingAheadChangesNothing() {
    byte[] before = keys.resumeKey(0);

    keys.resumeKey(5);
    keys.recordKey(5, NONCES, true);

    assertThat(keys.generation()).isZero();
    assertThat(keys.resumeKey(0)).isEqualTo(before);
  }

  @Test
  void reachesSixtyFourGenerationsAhead() {
    assertThat(keys.isReachable(64)).isTrue();
    assertThat(keys.isReachable(65)).isFalse();
    assertThat(keys.isReachable(Integer.MAX_VALUE)).isFalse();
    assertThat(keys.isReachable(-1)).isFalse();
  }

  @Test
  void stayingAtAGenerationErasesNothing() {
    byte[] before = keys.resumeKey(0);

    keys.ratchetTo(0);

    assertThat(keys.resumeKey(0)).isEqualTo(before);
  }

  @Test
  void erasesItsOwnCopyOnly() {
    byte[] given = SECRET.clone();
    KeySchedule schedule = new KeySchedule(given);
    byte[] before = schedule.resumeKey(0);

    schedule.erase();

    assertThat(given).isEqualTo(SECRET);
    assertThat(schedule.resumeKey(0)).isNotEqualTo(before);
  }

  @Test
  void keepsTheSessionsIdWithAFreshSecret() {
    keys.ratchetTo(3);

    KeySchedule fresh = keys.renew(filled(32, 9));

    assertThat(fresh.sessionId()).isEqualTo(keys.sessionId());
    assertThat(fresh.generation()).isZero();
    assertThat(fresh.resumeKey(0)).isEqualTo(hkdf(null, filled(32, 9), "quicmesh resume", 32));
  }

  private static byte[] hkdf(byte @Nullable [] salt, byte[] input, String label, int bytes) {
    HKDFBytesGenerator generator = new HKDFBytesGenerator(new SHA256Digest());
    generator.init(new HKDFParameters(input, salt, label.getBytes(StandardCharsets.US_ASCII)));
    byte[] out = new byte[bytes];
    generator.generateBytes(out, 0, bytes);
    return out;
  }

  private static byte[] filled(int length, int first) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (first + i * 7);
    }
    return bytes;
  }
}
