package io.quicmesh.relay;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.quicmesh.transport.stream.SendStream;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;

/** A sending stream that a test fills as fast as the connection takes it. */
final class TestSender implements SendStream.Listener {

  private static final int CHUNK_BYTES = 64 * 1024;

  private final SendStream stream;
  private final EventLoop loop;
  private final CRC32 checksum = new CRC32();
  private final AtomicLong sent = new AtomicLong();
  private final CompletableFuture<Long> done = new CompletableFuture<>();
  private final CompletableFuture<String> closed = new CompletableFuture<>();
  private Random random = new Random(0);
  private long left;
  private boolean filling;

  /** Made on the loop. */
  TestSender(SendStream stream, EventLoop loop) {
    this.stream = stream;
    this.loop = loop;
    stream.setListener(this);
  }

  /** Sends so many random bytes and finishes the stream. */
  TestSender fill(long bytes, long seed) {
    loop.execute(
        () -> {
          random = new Random(seed);
          left = bytes;
          filling = true;
          go();
        });
    return this;
  }

  TestSender write(int bytes) {
    loop.execute(() -> stream.write(chunk(bytes)));
    return this;
  }

  TestSender finish() {
    loop.execute(stream::finish);
    return this;
  }

  /** Bytes handed to the connection so far. */
  long sent() {
    return sent.get();
  }

  /** The checksum of all bytes, when they are sent. */
  long checksum() {
    return done.orTimeout(10 * RelayHost.PATIENCE_SECONDS, SECONDS).join();
  }

  /** Why the receiver ended the stream. */
  String closed() {
    return closed.orTimeout(RelayHost.PATIENCE_SECONDS, SECONDS).join();
  }

  @Override
  public void writable() {
    go();
  }

  @Override
  public void closed(String cause) {
    filling = false;
    closed.complete(cause);
  }

  private void go() {
    while (filling && left > 0 && stream.isWritable()) {
      ByteBuf next = chunk((int) Math.min(left, CHUNK_BYTES));
      left -= next.readableBytes();
      checksum.update(next.nioBuffer());
      sent.addAndGet(next.readableBytes());
      stream.write(next);
    }
    if (filling && left == 0) {
      filling = false;
      stream.finish();
      done.complete(checksum.getValue());
    }
  }

  private ByteBuf chunk(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return PooledByteBufAllocator.DEFAULT.directBuffer(length).writeBytes(bytes);
  }
}
