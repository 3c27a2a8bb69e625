package io.quicmesh.relay;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.wire.StreamHeader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;

/** A receiving stream and all that came on it. */
final class TestReceiver implements ReceiveStream.Listener {

  private final StreamHeader header;
  private final ReceiveStream stream;
  private final EventLoop loop;
  private final CRC32 checksum = new CRC32();
  private final AtomicLong bytes = new AtomicLong();
  private final Semaphore reads = new Semaphore(0);
  private final CompletableFuture<String> end = new CompletableFuture<>();

  TestReceiver(StreamHeader header, ReceiveStream stream, EventLoop loop) {
    this.header = header;
    this.stream = stream;
    this.loop = loop;
  }

  StreamHeader header() {
    return header;
  }

  long bytes() {
    return bytes.get();
  }

  void pause() {
    loop.execute(stream::pause);
  }

  void resume() {
    loop.execute(stream::resume);
  }

  /** Waits until so many bytes have come. */
  void awaitBytes(long count) {
    try {
      while (bytes.get() < count) {
        if (!reads.tryAcquire(RelayHost.PATIENCE_SECONDS, SECONDS)) {
          throw new AssertionError(bytes.get() + " bytes came instead of " + count);
        }
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits for the end: "finished" or the cause of another end. */
  String end() {
    return end.orTimeout(10 * RelayHost.PATIENCE_SECONDS, SECONDS).join();
  }

  /** The checksum of all bytes, after the end. */
  long checksum() {
    end();
    return checksum.getValue();
  }

  @Override
  public void read(ByteBuf data) {
    checksum.update(data.nioBuffer());
    bytes.addAndGet(data.readableBytes());
    data.release();
    reads.release();
  }

  @Override
  public void finished() {
    end.complete("finished");
  }

  @Override
  public void closed(String cause) {
    end.complete(cause);
  }
}
