package io.quicmesh.transport.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StreamHeaderTest {

  private static final Fingerprint PEER = Fingerprint.of(new byte[32]);

  private static final List<StreamHeader> HEADERS =
      List.of(
          new StreamHeader.Control(),
          new StreamHeader.Lane(),
          new StreamHeader.Circuit(PEER, -1),
          new StreamHeader.Join(PEER, Long.MAX_VALUE));

  @Test
  void readsEveryHeaderAsItWasWritten() throws WireException {
    for (StreamHeader header : HEADERS) {
      ByteBuf bytes = written(header).writeByte(99);

      assertThat(StreamHeader.read(bytes)).isEqualTo(header);
      assertThat(bytes.readByte()).isEqualTo((byte) 99);
    }
  }

  @Test
  void saysTheLengthByTheFirstByte() throws WireException {
    for (StreamHeader header : HEADERS) {
      ByteBuf bytes = written(header);

      assertThat(StreamHeader.length(bytes.getByte(0))).isEqualTo(bytes.readableBytes());
      assertThat(bytes.readableBytes()).isLessThanOrEqualTo(StreamHeader.BYTES_MAX);
    }
  }

  @Test
  void refusesUnknownKinds() {
    for (int kind : new int[] {0, 5, 255}) {
      ByteBuf bytes = Unpooled.buffer().writeByte(kind).writeZero(64);

      assertThatThrownBy(() -> StreamHeader.read(bytes)).isInstanceOf(WireException.class);
      assertThatThrownBy(() -> StreamHeader.length(kind)).isInstanceOf(WireException.class);
    }
  }

  @Test
  void refusesAHeaderCutShort() {
    ByteBuf bytes = written(new StreamHeader.Circuit(PEER, 1));

    assertThatThrownBy(() -> StreamHeader.read(bytes.slice(0, 40)))
        .isInstanceOf(WireException.class);
  }

  private static ByteBuf written(StreamHeader header) {
    ByteBuf out = Unpooled.buffer();
    header.write(out);
    return out;
  }
}
