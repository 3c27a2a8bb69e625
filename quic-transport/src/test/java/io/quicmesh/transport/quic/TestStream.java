package io.quicmesh.transport.quic;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.netty.buffer.ByteBuf;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.wire.StreamHeader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32;

/** A receiving stream and all that its listener was told, for a test's own thread. */
final class TestStream implements ReceiveStream.Listener {

  private static final int TEXT_BYTES_MAX = 4096;

  private final StreamHeader header;
  private final ReceiveStream stream;
  private final TestHost host;
  private final AtomicReference<String> text = new AtomicReference<>("");
  private final CRC32 checksum = new CRC32();
  private final AtomicLong bytes = new AtomicLong();
  private final Semaphore reads = new Semaphore(0);
  private final CompletableFuture<String> end = new CompletableFuture<>();

  TestStream(StreamHeader header, ReceiveStream stream, TestHost host) {
    this.header = header;
    this.stream = stream;
    this.host = host;
  }

  StreamHeader header() {
    return header;
  }

  ReceiveStream stream() {
    return stream;
  }

  long bytes() {
    return bytes.get();
  }

  String text() {
    return String.valueOf(text.get());
  }

  /** Waits until so many bytes have come. */
  void awaitBytes(long count) throws Exception {
    while (bytes.get() < count) {
      if (!reads.tryAcquire(TestHost.PATIENCE_SECONDS, SECONDS)) {
        throw new AssertionError(bytes.get() + " bytes came instead of " + count);
      }
    }
  }

  /** Waits for the end: "finished" or the cause of another end. */
  String end() throws Exception {
    return end.get(TestHost.PATIENCE_SECONDS, SECONDS);
  }

  /** The checksum of all bytes, after the end. */
  long checksum() throws Exception {
    return host.call(checksum::getValue);
  }

  @Override
  public void read(ByteBuf data) {
    if (bytes.get() < TEXT_BYTES_MAX) {
      String more = data.toString(StandardCharsets.UTF_8);
      text.updateAndGet(before -> before + more);
    }
    checksum.update(data.nioBuffer());
    bytes.addAndGet(data.readableBytes());
    data.release();
    reads.release();
  }

  @Override
  public void finished() {
    complete("finished");
  }

  @Override
  public void closed(String cause) {
    complete(cause);
  }

  private void complete(String how) {
    if (!end.complete(how)) {
      throw new IllegalStateException("ended twice");
    }
  }
}
