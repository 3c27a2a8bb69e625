package io.quicmesh.transport.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

final class FingerprintTest {

  private static final String ONE_BY_ONE = "aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dypq";

  @Test
  void isShownInBase32() {
    byte[] bytes = new byte[32];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }

    assertThat(Fingerprint.of(bytes)).hasToString(ONE_BY_ONE);
    assertThat(Fingerprint.of(bytes).shortText()).isEqualTo("aaaqeayeau");
    assertThat(Fingerprint.parse(ONE_BY_ONE).toBytes()).isEqualTo(bytes);
  }

  @RepeatedTest(100)
  void isReadBackFromItsText() {
    Fingerprint fingerprint = random();

    assertThat(Fingerprint.parse(fingerprint.toString())).isEqualTo(fingerprint);
  }

  @Test
  void isReadBackFromItsBytes() {
    Fingerprint fingerprint = random();
    ByteBuf bytes = Unpooled.buffer();
    fingerprint.write(bytes);

    assertThat(Fingerprint.read(bytes)).isEqualTo(fingerprint).hasSameHashCodeAs(fingerprint);
  }

  @Test
  void refusesOtherLengths() {
    assertThatThrownBy(() -> Fingerprint.parse(ONE_BY_ONE + "a"))
        .hasMessage("a fingerprint has 52 characters, not 53");
    assertThatThrownBy(() -> Fingerprint.of(new byte[31]))
        .hasMessage("a fingerprint has 32 bytes, not 31");
  }

  @Test
  void refusesOtherLetters() {
    for (char letter : new char[] {'A', '1', '0', '=', ' ', '\u00e9'}) {
      String text = letter + ONE_BY_ONE.substring(1);

      assertThatThrownBy(() -> Fingerprint.parse(text))
          .hasMessageContaining("has only a-z and 2-7");
    }
  }

  @Test
  void refusesASecondTextOfTheSameBytes() {
    String other = ONE_BY_ONE.substring(0, 51) + "r"; // The last letter's low bits stand for none.

    assertThatThrownBy(() -> Fingerprint.parse(other))
        .hasMessage("a fingerprint that no 32 bytes have");
  }

  @Test
  void isOrderedAsUnsignedBytes() {
    byte[] high = new byte[32];
    high[0] = (byte) 0x80;

    assertThat(Fingerprint.of(high)).isGreaterThan(Fingerprint.parse(ONE_BY_ONE));
  }

  @Test
  void keepsItsBytesToItself() {
    byte[] bytes = new byte[32];
    Fingerprint fingerprint = Fingerprint.of(bytes);
    bytes[0] = 1;
    fingerprint.toBytes()[1] = 1;

    assertThat(fingerprint.toBytes()).containsOnly(0);
  }

  private static Fingerprint random() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    byte[] bytes = new byte[32];
    new Random(seed).nextBytes(bytes);
    return Fingerprint.of(bytes);
  }
}
