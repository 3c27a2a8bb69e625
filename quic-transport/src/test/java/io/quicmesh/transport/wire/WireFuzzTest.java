package io.quicmesh.transport.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Arbitrary bytes are read or refused by the wire's exception, and by no other. */
final class WireFuzzTest {

  @FuzzTest
  void readsAnyControlMessages(byte[] data) {
    ByteBuf in = Unpooled.wrappedBuffer(data);
    try {
      for (ControlMessage m = ControlCodec.read(in); m != null; m = ControlCodec.read(in)) {
        ByteBuf again = Unpooled.buffer();
        ControlCodec.write(m, again);
        // The name of the software may change: it is cut, and need not be UTF-8.
        assertThat(ControlCodec.read(again)).hasSameClassAs(m);
      }
    } catch (WireException e) {
      assertThat(e).hasMessageNotContaining("\n");
    }
  }

  @FuzzTest
  void readsAnyStreamHeader(byte[] data) {
    ByteBuf in = Unpooled.wrappedBuffer(data);
    if (!in.isReadable()) {
      return;
    }
    try {
      StreamHeader header = StreamHeader.read(in);
      ByteBuf again = Unpooled.buffer();
      header.write(again);
      assertThat(again).isEqualTo(Unpooled.wrappedBuffer(data, 0, in.readerIndex()));
      assertThat(again.readableBytes()).isEqualTo(StreamHeader.length(data[0]));
    } catch (WireException e) {
      assertThat(e).hasMessageNotContaining("\n");
    }
  }

  @FuzzTest
  void parsesAnyFingerprint(byte[] data) {
    String text = new String(data, StandardCharsets.UTF_8);
    try {
      assertThat(Fingerprint.parse(text)).hasToString(text);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageStartingWith("a fingerprint");
    }
    if (data.length == Fingerprint.BYTES) {
      String shown = Fingerprint.of(data).toString();
      assertThatCode(() -> Fingerprint.parse(shown)).doesNotThrowAnyException();
    }
  }
}
