package io.quicmesh.transport.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.quicmesh.transport.wire.WireException;
import java.util.ArrayList;
import java.util.List;

/** Arbitrary bytes are read or refused by the wire's exception, and by no other. */
final class SessionFuzzTest {

  private static final byte[] KEY = new byte[KeySchedule.SECRET_BYTES];

  @FuzzTest
  void readsAnyLaneHeader(byte[] data) {
    if (data.length < LaneHeader.BYTES) {
      return;
    }
    try {
      LaneHeader header = LaneHeader.read(Unpooled.wrappedBuffer(data));
      ByteBuf again = Unpooled.buffer();
      header.write(again);
      assertThat(LaneHeader.read(again)).isEqualTo(header);
      assertThat(header.lane()).isLessThan(LaneHeader.LANES_MAX);
      assertThat(header.start()).isNotNegative();
    } catch (WireException e) {
      assertThat(e).hasMessageNotContaining("\n");
    }
  }

  @FuzzTest
  void readsAnyResumeMessage(byte[] data) {
    ByteBuf in = Unpooled.wrappedBuffer(data);
    try {
      ResumeMessage message = ResumeMessage.read(RecordType.RESUME, in);
      assertThat(message.expected()).hasSizeLessThanOrEqualTo(LaneHeader.LANES_MAX);
      assertThat(in.readerIndex()).isZero();
    } catch (WireException e) {
      assertThat(e).hasMessageNotContaining("\n");
    }
    ResumeMessage.Binding binding = ResumeMessageTest.binding();
    assertThat(ResumeMessage.isProven(RecordType.RESUME, in, KEY, binding, new byte[0])).isFalse();
  }

  @FuzzTest
  void readsAnyGreeting(byte[] data) {
    try {
      Established greeting = Established.decode(data);
      assertThat(Established.decode(greeting.encode())).isEqualTo(greeting);
    } catch (WireException e) {
      assertThat(e).hasMessageNotContaining("\n");
    }
  }

  /** The first byte says how the others are cut into chunks; read as a set-up stream is. */
  @FuzzTest
  void cutsAnyStreamIntoRecords(byte[] data) {
    if (data.length == 0) {
      return;
    }
    RecordReader reader = new RecordReader(UnpooledByteBufAllocator.DEFAULT);
    List<ByteBuf> chunks = new ArrayList<>();
    ByteBuf seen = Unpooled.buffer();
    int chunkBytes = 1 + (data[0] & 0xff);
    try {
      for (int start = 1; start < data.length; start += chunkBytes) {
        ByteBuf chunk =
            Unpooled.copiedBuffer(data, start, Math.min(chunkBytes, data.length - start));
        chunks.add(chunk);
        reader.add(chunk);
        readAll(reader, seen);
      }
      assertThat(seen).isEqualTo(Unpooled.wrappedBuffer(data, 1, seen.readableBytes()));
      assertThat(seen.readableBytes() + reader.availableBytes()).isEqualTo(data.length - 1);
    } catch (WireException e) {
      assertThat(e).hasMessageNotContaining("\n");
    }
    reader.release();
    assertThat(chunks).allMatch(chunk -> chunk.refCnt() == 0);
  }

  private static void readAll(RecordReader reader, ByteBuf seen) throws WireException {
    int header = reader.peekRecord();
    while (header != -1) {
      reader.skip(RecordType.HEADER_BYTES);
      ByteBuf payload = reader.take(RecordType.payloadBytes(header));
      assertThat(payload.readableBytes()).isEqualTo(RecordType.payloadBytes(header));
      seen.writeInt(header).writeBytes(payload);
      header = reader.peekRecord();
    }
    reader.trim();
  }
}
