package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Sealing of a data record for a circuit; one operation is one frame or superframe. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SealingBench {

  private static final int KEY_BYTES = 32;
  private static final int SPARE_BYTES = 64;

  /** Bytes of the record's payload. */
  @Param({"1400", "65000"})
  public int payloadBytes;

  private final RecordCipher cipher =
      new RecordCipher(new byte[KEY_BYTES], new RecordCipher.Scratch());
  private ByteBuf payload = Unpooled.EMPTY_BUFFER;
  private ByteBuf sealed = Unpooled.EMPTY_BUFFER;
  private long number;

  /** Takes the memory. */
  @Setup
  public void allocate() {
    payload = Unpooled.directBuffer(payloadBytes).writeZero(payloadBytes);
    sealed = Unpooled.directBuffer(payloadBytes + SPARE_BYTES);
  }

  /** AES-GCM with a nonce of its own for every record. */
  @Benchmark
  public int seal() {
    sealed.clear();
    cipher.seal(RecordType.FRAME, 0, number++, payload, 0, payloadBytes, sealed);
    return sealed.readableBytes();
  }

  /** Gives the memory back. */
  @TearDown
  public void release() {
    payload.release();
    sealed.release();
  }
}
