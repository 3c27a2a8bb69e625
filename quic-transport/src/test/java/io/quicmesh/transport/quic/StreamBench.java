package io.quicmesh.transport.quic;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.ScheduledFuture;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.stream.SendStream;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.StreamHeader;
import java.lang.management.ManagementFactory;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Pushes bytes over one connection between two endpoints on loopback, each with a loop of its own,
 * and prints what arrives. Not a test: run its main method.
 *
 * <pre>
 *   StreamBench [streams, 1] [seconds, 20] [bytes a write, 65536] [idle streams a side, 0] [payload, 1452]
 * </pre>
 */
final class StreamBench {

  private static final long PENDING_BYTES_MAX = 256 << 10;

  private final int writeBytes;
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong reads = new AtomicLong();

  private StreamBench(int writeBytes) {
    this.writeBytes = writeBytes;
  }

  /** Runs; see the class. */
  public static void main(String[] args) throws Exception {
    int streams = number(args, 0, 1);
    int seconds = number(args, 1, 20);
    int writeBytes = number(args, 2, 64 << 10);
    int idle = number(args, 3, 0);
    int payload = number(args, 4, 1452);
    new StreamBench(writeBytes).run(streams, seconds, idle, payload);
  }

  private static int number(String[] args, int index, int otherwise) {
    return args.length > index ? Integer.parseInt(args[index]) : otherwise;
  }

  private void run(int streams, int seconds, int idle, int payload) throws Exception {
    TestNetwork network = new TestNetwork();
    EndpointConfig config =
        TestHost.onLoopback().with(TransportConfig.defaults().withPayloadBytesMax(payload));
    try (TestHost a = TestHost.member(network, config);
        TestHost b = TestHost.member(network, config)) {
      TestConnection atA = a.dial(b, network.anyMember());
      TestConnection atB = b.accepted();
      b.run(() -> atB.connection().setListener(new Sink(atB)));
      for (int i = 0; i < idle; i++) {
        atA.write(atA.open(), "idle");
        atB.write(atB.open(), "idle");
      }
      for (int i = 0; i < streams; i++) {
        SendStream stream = atA.open();
        a.run(() -> new Source(stream).begin());
      }
      report(atA, b, seconds);
    }
  }

  private void report(TestConnection sender, TestHost receiver, int seconds) throws Exception {
    long bytes = received.get();
    long senderNanos = cpuNanos(sender.host());
    long receiverNanos = cpuNanos(receiver);
    long countedReads = reads.get();
    BlockingQueue<Long> ticks = new LinkedBlockingQueue<>();
    ScheduledFuture<?> clock =
        sender.host().loop().scheduleAtFixedRate(() -> ticks.add(System.nanoTime()), 1, 1, SECONDS);
    long then = System.nanoTime();
    for (int i = 0; i < seconds; i++) {
      long now = TestHost.present(ticks.poll(TestHost.PATIENCE_SECONDS, SECONDS), "no tick");
      long newBytes = received.get();
      long newReads = reads.get();
      long newSenderNanos = cpuNanos(sender.host());
      long newReceiverNanos = cpuNanos(receiver);
      ConnectionStats stats = TestHost.await(sender.host().call(() -> sender.connection().stats()));
      System.out.printf(
          "%2d s  %5.2f Gbit/s  CPU s/GB sender %5.2f receiver %5.2f  %6.0f bytes a read"
              + "  payload %d  cwnd %d KiB  lost %d%n",
          i + 1,
          (newBytes - bytes) * 8.0 / (now - then),
          (newSenderNanos - senderNanos) / (double) Math.max(1, newBytes - bytes),
          (newReceiverNanos - receiverNanos) / (double) Math.max(1, newBytes - bytes),
          (newBytes - bytes) / (double) Math.max(1, newReads - countedReads),
          stats.active().window().payloadBytesMax(),
          stats.active().window().congestionWindowBytes() >> 10,
          stats.totals().packetsLost());
      bytes = newBytes;
      countedReads = newReads;
      senderNanos = newSenderNanos;
      receiverNanos = newReceiverNanos;
      then = now;
    }
    clock.cancel(false);
  }

  /** What the loop's thread has used, so without compilers and collectors. */
  private static long cpuNanos(TestHost host) throws Exception {
    return host.call(() -> ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
  }

  /** Writes whenever it may. */
  private final class Source implements SendStream.Listener {
    private final SendStream stream;

    private Source(SendStream stream) {
      this.stream = stream;
    }

    private void begin() {
      stream.setListener(this);
      writable();
    }

    @Override
    public void writable() {
      while (stream.isWritable() && stream.pendingBytes() < PENDING_BYTES_MAX) {
        ByteBuf data = PooledByteBufAllocator.DEFAULT.directBuffer(writeBytes, writeBytes);
        stream.write(data.writerIndex(writeBytes));
      }
    }

    @Override
    public void closed(String cause) {}
  }

  /** Counts and drops. */
  private final class Sink implements QuicConnection.Listener, ReceiveStream.Listener {
    private final TestConnection rest;

    private Sink(TestConnection rest) {
      this.rest = rest;
    }

    @Override
    public void streamOpened(StreamHeader header, ReceiveStream stream) {
      stream.setListener(this);
    }

    @Override
    public void read(ByteBuf data) {
      received.addAndGet(data.readableBytes());
      reads.incrementAndGet();
      data.release();
    }

    @Override
    public void finished() {}

    @Override
    public void closed(String cause) {}

    @Override
    public void control(ControlMessage message) {
      rest.control(message);
    }

    @Override
    public void pathChanged(PathEvent event) {
      rest.pathChanged(event);
    }

    @Override
    public void closed(int code, String cause) {
      rest.closed(code, cause);
    }
  }
}
