package io.quicmesh.transport.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quicmesh.transport.wire.WireException;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

final class RecordCipherTest {

  private static final int LANE = 3;
  private static final long NUMBER = 1L << 40;

  private final RecordCipher.Scratch scratch = new RecordCipher.Scratch();
  private final RecordCipher sealer = new RecordCipher(new byte[16], scratch);
  private final RecordCipher opener = new RecordCipher(new byte[16], scratch);

  @RepeatedTest(20)
  void opensWhatWasSealed() throws WireException {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    byte[] plain = new byte[random.nextInt(RecordType.PAYLOAD_BYTES_MAX - 24)];
    random.nextBytes(plain);
    int type = random.nextBoolean() ? RecordType.FRAME : RecordType.ACK;

    ByteBuf sealed = seal(type, plain);

    assertThat(sealed.readableBytes())
        .isEqualTo(RecordType.HEADER_BYTES + plain.length + RecordCipher.overhead(type));
    assertThat(open(sealed, LANE, NUMBER)).isEqualTo(Unpooled.wrappedBuffer(plain));
  }

  @Test
  void sealsWithAnOffsetIntoTheBuffer() throws WireException {
    ByteBuf sealed = Unpooled.buffer();
    sealer.seal(RecordType.FRAME, LANE, NUMBER, Unpooled.buffer().writeLong(7), 4, 4, sealed);

    assertThat(open(sealed, LANE, NUMBER).readInt()).isEqualTo(7);
  }

  @Test
  void opensUnnumberedRecordsWhateverNumberTheLaneHasReached() throws WireException {
    ByteBuf first = seal(RecordType.ACK, new byte[] {1});
    ByteBuf second = seal(RecordType.ACK, new byte[] {2});

    assertThat(open(second, LANE, 0).readByte()).isEqualTo((byte) 2);
    assertThat(open(first, LANE, 99).readByte()).isEqualTo((byte) 1);
  }

  @Test
  void neverSealsTwoUnnumberedRecordsAlike() {
    assertThat(seal(RecordType.ACK, new byte[8])).isNotEqualTo(seal(RecordType.ACK, new byte[8]));
  }

  @Test
  void refusesAnotherLaneNumberOrKey() {
    ByteBuf sealed = seal(RecordType.FRAME, new byte[20]);
    byte[] otherKey = new byte[16];
    otherKey[15] = 1;

    assertThatThrownBy(() -> open(sealed.duplicate(), LANE + 1, NUMBER))
        .isInstanceOf(WireException.class);
    assertThatThrownBy(() -> open(sealed.duplicate(), LANE, NUMBER + 1))
        .isInstanceOf(WireException.class);
    assertThatThrownBy(
            () -> open(new RecordCipher(otherKey, scratch), sealed.duplicate(), LANE, NUMBER))
        .isInstanceOf(WireException.class);
  }

  @Test
  void refusesAnUnnumberedRecordOfAnotherLane() {
    ByteBuf sealed = seal(RecordType.ACK, new byte[20]);

    assertThatThrownBy(() -> open(sealed, LANE + 1, NUMBER)).isInstanceOf(WireException.class);
  }

  @Test
  void refusesARecordWithAnyBitChanged() {
    for (int type : new int[] {RecordType.FRAME, RecordType.RESEND}) {
      ByteBuf sealed = seal(type, new byte[5]);
      for (int bit = 0; bit < sealed.readableBytes() * 8; bit++) {
        ByteBuf changed = sealed.copy();
        changed.setByte(bit / 8, changed.getByte(bit / 8) ^ 1 << bit % 8);
        assertThatThrownBy(() -> open(changed, LANE, NUMBER)).isInstanceOf(WireException.class);
      }
    }
  }

  @Test
  void refusesARecordTooShortForItsSeal() {
    for (int type : new int[] {RecordType.FRAME, RecordType.ACK}) {
      for (int length = 0; length < RecordCipher.overhead(type); length++) {
        ByteBuf cut = Unpooled.buffer().writeInt(RecordType.header(length, type)).writeZero(length);
        assertThatThrownBy(() -> open(cut, LANE, NUMBER)).isInstanceOf(WireException.class);
      }
    }
  }

  private ByteBuf seal(int type, byte[] plain) {
    ByteBuf out = Unpooled.buffer();
    sealer.seal(type, LANE, NUMBER, Unpooled.wrappedBuffer(plain), 0, plain.length, out);
    return out;
  }

  private ByteBuf open(ByteBuf sealed, int lane, long number) throws WireException {
    return open(opener, sealed, lane, number);
  }

  private static ByteBuf open(RecordCipher opener, ByteBuf sealed, int lane, long number)
      throws WireException {
    ByteBuf plain = Unpooled.buffer();
    opener.open(sealed.readInt(), lane, number, sealed, plain);
    return plain;
  }
}
