package io.quicmesh.transport.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

final class ControlCodecTest {

  private static final Fingerprint PEER = Fingerprint.of(filled(32, 7));
  private static final InetSocketAddress IPV4 = new InetSocketAddress("192.0.2.1", 4433);
  private static final InetSocketAddress IPV6 = new InetSocketAddress("2001:db8::1", 65535);

  private static final List<ControlMessage> MESSAGES =
      List.of(
          new ControlMessage.Hello(1, Long.MIN_VALUE, 3, "quicmesh/0.1 \u00e9"),
          new ControlMessage.Welcome(0xffff, 5, "", IPV6),
          new ControlMessage.Observed(IPV4),
          new ControlMessage.Presence(PEER, true, 9, -1, List.of(IPV4, IPV6)),
          new ControlMessage.Presence(PEER, false, 0, 0, List.of()),
          new ControlMessage.CircuitClosed(PEER, -2, 17),
          new ControlMessage.Ping(1),
          new ControlMessage.Pong(-1),
          new ControlMessage.Drain(30_000),
          new ControlMessage.GateKey(Opaque.of(filled(32, 1))),
          new ControlMessage.Revocations(Opaque.of(filled(60_000, 2))),
          new ControlMessage.Revocations(Opaque.of(new byte[0])),
          new ControlMessage.StopStream(2, 16),
          new ControlMessage.Renewed(Opaque.of(filled(900, 3))),
          new ControlMessage.RegistrarProof(Opaque.of(filled(200, 4))));

  @Test
  void readsEveryMessageAsItWasWritten() throws WireException {
    for (ControlMessage message : MESSAGES) {
      ByteBuf bytes = written(message);

      assertThat(ControlCodec.read(bytes)).isEqualTo(message);
      assertThat(bytes.isReadable()).isFalse();
    }
  }

  @RepeatedTest(20)
  void readsARunOfMessagesHoweverItArrives() throws WireException {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    ByteBuf all = Unpooled.buffer();
    MESSAGES.forEach(message -> ControlCodec.write(message, all));
    ByteBuf arrived = Unpooled.buffer();

    List<ControlMessage> read = new ArrayList<>();
    while (all.isReadable()) {
      arrived.writeBytes(all, Math.min(all.readableBytes(), 1 + random.nextInt(300)));
      for (ControlMessage m = ControlCodec.read(arrived); m != null; ) {
        read.add(m);
        m = ControlCodec.read(arrived);
      }
    }

    assertThat(read).isEqualTo(MESSAGES);
  }

  @Test
  void waitsForTheRestOfAMessage() throws WireException {
    ByteBuf bytes = written(new ControlMessage.Ping(1));

    for (int length = 0; length < bytes.readableBytes(); length++) {
      ByteBuf begun = bytes.slice(0, length);
      assertThat(ControlCodec.read(begun)).isNull();
      assertThat(begun.readerIndex()).isZero();
    }
  }

  @Test
  void skipsTypesOfLaterVersions() throws WireException {
    ByteBuf bytes = Unpooled.buffer().writeShort(4).writeByte(200).writeMedium(1);
    ControlCodec.write(new ControlMessage.Ping(3), bytes);

    assertThat(ControlCodec.read(bytes)).isEqualTo(new ControlMessage.Ping(3));
  }

  @Test
  void aLongPingArrivesAsAPing() throws WireException {
    ByteBuf bytes = written(new ControlMessage.LongPing(3, 1_500));

    assertThat(bytes.readableBytes()).isEqualTo(2 + 1 + Long.BYTES + 1_500);
    assertThat(ControlCodec.read(bytes)).isEqualTo(new ControlMessage.Ping(3));
    assertThat(bytes.isReadable()).isFalse();
  }

  @Test
  void ignoresWhatALaterVersionAppended() throws WireException {
    ByteBuf bytes = written(new ControlMessage.Ping(3)).writeLong(77);
    bytes.setShort(0, bytes.getUnsignedShort(0) + Long.BYTES);

    assertThat(ControlCodec.read(bytes)).isEqualTo(new ControlMessage.Ping(3));
    assertThat(bytes.isReadable()).isFalse();
  }

  @Test
  void refusesMessagesCutShortInside() {
    for (ControlMessage message : MESSAGES) {
      if (message instanceof ControlMessage.Revocations
          || message instanceof ControlMessage.Renewed
          || message instanceof ControlMessage.RegistrarProof) {
        continue; // Takes what is there.
      }
      ByteBuf bytes = written(message);
      int length = bytes.getUnsignedShort(0) - 1;
      bytes.setShort(0, length).writerIndex(2 + length);

      assertThatThrownBy(() -> ControlCodec.read(bytes)).isInstanceOf(WireException.class);
    }
  }

  @Test
  void refusesAMessageWithoutAType() {
    assertThatThrownBy(() -> ControlCodec.read(Unpooled.buffer().writeShort(0)))
        .isInstanceOf(WireException.class);
  }

  @Test
  void refusesUnknownAddressFamilies() {
    ByteBuf bytes = written(new ControlMessage.Observed(IPV4)).setByte(3, 5);

    assertThatThrownBy(() -> ControlCodec.read(bytes)).isInstanceOf(WireException.class);
  }

  @Test
  void tellsSixteenAddressesAtMostAndRefusesMore() throws WireException {
    List<InetSocketAddress> many = Collections.nCopies(17, IPV4);
    ByteBuf bytes = written(new ControlMessage.Presence(PEER, true, 1, 0, many));

    assertThat(ControlCodec.read(bytes.duplicate()))
        .isEqualTo(new ControlMessage.Presence(PEER, true, 1, 0, many.subList(0, 16)));
    bytes.setByte(2 + 1 + 32 + 1 + 8 + 4, 17);
    assertThatThrownBy(() -> ControlCodec.read(bytes)).isInstanceOf(WireException.class);
  }

  @Test
  void cutsTheNameOfTheSoftware() throws WireException {
    String name = "x".repeat(300);

    assertThat(ControlCodec.read(written(new ControlMessage.Hello(1, 1, 0, name))))
        .isEqualTo(new ControlMessage.Hello(1, 1, 0, name.substring(0, 255)));
  }

  @Test
  void writesNoMessageThatItsLengthCannotSay() {
    ControlMessage tooLong = new ControlMessage.Revocations(Opaque.of(new byte[0xffff]));

    assertThatThrownBy(() -> written(tooLong)).isInstanceOf(IllegalArgumentException.class);
  }

  private static ByteBuf written(ControlMessage message) {
    ByteBuf out = Unpooled.buffer();
    ControlCodec.write(message, out);
    return out;
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
