package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.quicmesh.transport.wire.WireException;

/**
 * Seals and opens records until the JVM has compiled how: interpreted, AES-GCM does a few MB/s, and
 * that would be the speed of a circuit's first seconds. Small records get there soonest, because a
 * JVM counts calls.
 */
public final class CipherWarmUp {

  private static final int RECORDS = 3000;
  private static final int PAYLOAD_BYTES = 1024;

  private CipherWarmUp() {}

  /**
   * Takes some tenths of a second; on a thread that may be busy.
   *
   * @return bytes that were sealed and opened
   */
  public static long run(ByteBufAllocator allocator) {
    RecordCipher.Scratch scratch = new RecordCipher.Scratch();
    RecordCipher sealer = new RecordCipher(new byte[16], scratch);
    RecordCipher opener = new RecordCipher(new byte[16], scratch);
    ByteBuf plain = allocator.directBuffer(PAYLOAD_BYTES).writeZero(PAYLOAD_BYTES);
    ByteBuf sealed = allocator.directBuffer(2 * PAYLOAD_BYTES);
    ByteBuf opened = allocator.directBuffer(PAYLOAD_BYTES);
    long bytes = 0;
    try {
      for (int number = 0; number < RECORDS; number++) {
        sealed.clear();
        opened.clear();
        sealer.seal(RecordType.FRAME, 1, number, plain, 0, PAYLOAD_BYTES, sealed);
        opener.open(sealed.readInt(), 1, number, sealed, opened);
        bytes += opened.readableBytes();
      }
      return bytes;
    } catch (WireException e) {
      throw new IllegalStateException("what was just sealed does not open", e);
    } finally {
      plain.release();
      sealed.release();
      opened.release();
    }
  }
}
