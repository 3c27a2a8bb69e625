package io.quicmesh.transport.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.quicmesh.transport.wire.WireException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

final class RecordReaderTest {

  private final RecordReader reader = new RecordReader(UnpooledByteBufAllocator.DEFAULT);

  @RepeatedTest(50)
  void givesTheSameRecordsHoweverTheyArrive() throws WireException {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<byte[]> payloads = new ArrayList<>();
    ByteBuf stream = Unpooled.buffer();
    for (int i = 0; i < 200; i++) {
      byte[] payload = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(3000)];
      random.nextBytes(payload);
      payloads.add(payload);
      stream.writeInt(RecordType.header(payload.length, i & 0xff)).writeBytes(payload);
    }

    List<ByteBuf> chunks = new ArrayList<>();
    int next = 0;
    while (stream.isReadable()) {
      int most = random.nextBoolean() ? 10 : 5000;
      ByteBuf chunk = stream.readBytes(Math.min(stream.readableBytes(), 1 + random.nextInt(most)));
      chunks.add(chunk);
      reader.add(chunk);
      int header = reader.peekRecord();
      while (header != -1) {
        assertThat(RecordType.type(header)).isEqualTo(next & 0xff);
        checkRecord(header, payloads.get(next), random.nextBoolean());
        next++;
        header = reader.peekRecord();
      }
      if (random.nextBoolean()) {
        reader.trim();
      }
    }

    assertThat(next).isEqualTo(payloads.size());
    assertThat(reader.availableBytes()).isZero();
    reader.release();
    assertThat(chunks).allMatch(chunk -> chunk.refCnt() == 0);
  }

  private void checkRecord(int header, byte[] payload, boolean skips) {
    reader.skip(RecordType.HEADER_BYTES);
    assertThat(RecordType.payloadBytes(header)).isEqualTo(payload.length);
    if (skips) {
      reader.skip(payload.length);
    } else {
      assertThat(reader.take(payload.length)).isEqualTo(Unpooled.wrappedBuffer(payload));
    }
  }

  @Test
  void takesAnEmptyRecordAtTheEndOfWhatCame() throws WireException {
    reader.add(Unpooled.buffer().writeInt(RecordType.header(0, RecordType.TLS)));

    assertThat(reader.peekRecord()).isEqualTo(RecordType.header(0, RecordType.TLS));
    reader.skip(RecordType.HEADER_BYTES);
    assertThat(reader.take(0).isReadable()).isFalse();
    assertThat(reader.peekRecord()).isEqualTo(-1);
  }

  @Test
  void waitsForTheWholeRecord() throws WireException {
    reader.add(Unpooled.buffer().writeInt(RecordType.header(2, RecordType.TLS)).writeByte(1));
    assertThat(reader.peekRecord()).isEqualTo(-1);

    reader.add(Unpooled.buffer().writeByte(2));
    assertThat(reader.peekRecord()).isEqualTo(RecordType.header(2, RecordType.TLS));
    reader.release();
  }

  @Test
  void refusesALengthBeyondAnyRecordBeforeItHasCome() throws WireException {
    reader.add(header(RecordType.PAYLOAD_BYTES_MAX));
    assertThat(reader.peekRecord()).isEqualTo(-1);
    reader.release();

    reader.add(header(RecordType.PAYLOAD_BYTES_MAX + 1));
    assertThatThrownBy(reader::peekRecord).isInstanceOf(WireException.class);
    reader.release();
  }

  @Test
  void givesOutInPlaceWhatLiesInOneChunk() {
    ByteBuf chunk = Unpooled.buffer().writeLong(1).writeLong(2);
    reader.add(chunk);

    assertThat(reader.take(Long.BYTES).array()).isSameAs(chunk.array());
    reader.release();
  }

  private static ByteBuf header(int payloadBytes) {
    return Unpooled.buffer().writeInt(RecordType.header(payloadBytes, RecordType.FRAME));
  }
}
