package io.quicmesh.transport.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.WireException;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ResumeMessageTest {

  private static final byte[] KEY = new byte[KeySchedule.SECRET_BYTES];
  private static final byte[] NONE = new byte[0];
  private static final Fingerprint SMALL = fingerprint(1);
  private static final Fingerprint LARGE = fingerprint(2);
  private static final Opaque NO_RELAY = Opaque.of(new byte[Fingerprint.BYTES]);

  private static final ResumeMessage MESSAGE = message(List.of(0L, 5L, Long.MAX_VALUE));

  @Test
  void isReadAsItWasWritten() throws WireException {
    ByteBuf bytes = MESSAGE.encode(KEY, binding(), NONE);

    assertThat(ResumeMessage.read(RecordType.RESUME, bytes)).isEqualTo(MESSAGE);
    assertThat(isProven(bytes, binding(), NONE)).isTrue();
  }

  @Test
  void hasRoomForEveryLane() throws WireException {
    ResumeMessage full = message(Collections.nCopies(LaneHeader.LANES_MAX, 7L));
    ResumeMessage tooFull = message(Collections.nCopies(LaneHeader.LANES_MAX + 1, 7L));

    assertThat(ResumeMessage.read(RecordType.RESUME, full.encode(KEY, binding(), NONE)))
        .isEqualTo(full);
    assertThatThrownBy(
            () -> ResumeMessage.read(RecordType.RESUME, tooFull.encode(KEY, binding(), NONE)))
        .isInstanceOf(WireException.class);
  }

  @Test
  void isRefusedWhenCutShortOrTooLong() {
    ByteBuf bytes = MESSAGE.encode(KEY, binding(), NONE);

    for (int length = 0; length < bytes.readableBytes(); length++) {
      ByteBuf cut = bytes.slice(0, length);
      assertThatThrownBy(() -> ResumeMessage.read(RecordType.RESUME, cut))
          .isInstanceOf(WireException.class);
    }
    assertThatThrownBy(() -> ResumeMessage.read(RecordType.RESUME, bytes.writeByte(0)))
        .isInstanceOf(WireException.class);
  }

  @Test
  void isNotProvenWithAnyBitChanged() {
    ByteBuf bytes = MESSAGE.encode(KEY, binding(), NONE);

    for (int bit = 0; bit < bytes.readableBytes() * 8; bit++) {
      bytes.setByte(bit / 8, bytes.getByte(bit / 8) ^ 1 << bit % 8);
      assertThat(isProven(bytes, binding(), NONE)).isFalse();
      bytes.setByte(bit / 8, bytes.getByte(bit / 8) ^ 1 << bit % 8);
    }
  }

  @Test
  void provesNothingElsewhere() {
    ByteBuf bytes = MESSAGE.encode(KEY, binding(), NONE);
    Carrier.Kind circuit = Carrier.Kind.CIRCUIT;
    Opaque relay = Opaque.of(fingerprint(3).toBytes());

    assertThat(ResumeMessage.isProven(RecordType.RESUMED, bytes, KEY, binding(), NONE)).isFalse();
    assertThat(isProven(bytes, binding(), new byte[32])).isFalse();
    assertThat(isProven(bytes, new ResumeMessage.Binding(LARGE, SMALL, circuit, NO_RELAY), NONE))
        .as("sent back to its sender")
        .isFalse();
    assertThat(isProven(bytes, new ResumeMessage.Binding(SMALL, LARGE, circuit, relay), NONE))
        .as("through another relay")
        .isFalse();
    assertThat(
            isProven(
                bytes,
                new ResumeMessage.Binding(SMALL, LARGE, Carrier.Kind.DIRECT, NO_RELAY),
                NONE))
        .as("on another kind of carrier")
        .isFalse();
  }

  private static boolean isProven(ByteBuf bytes, ResumeMessage.Binding binding, byte[] previous) {
    return ResumeMessage.isProven(RecordType.RESUME, bytes, KEY, binding, previous);
  }

  static ResumeMessage.Binding binding() {
    return new ResumeMessage.Binding(SMALL, LARGE, Carrier.Kind.CIRCUIT, NO_RELAY);
  }

  private static ResumeMessage message(List<Long> expected) {
    return new ResumeMessage(
        RecordType.RESUME,
        Opaque.of(new byte[KeySchedule.SESSION_ID_BYTES]),
        true,
        4,
        3,
        Opaque.of(new byte[KeySchedule.NONCE_BYTES]),
        expected);
  }

  private static Fingerprint fingerprint(int first) {
    byte[] bytes = new byte[Fingerprint.BYTES];
    bytes[0] = (byte) first;
    return Fingerprint.of(bytes);
  }
}
