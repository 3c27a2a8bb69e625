package io.quicmesh.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.quicmesh.transport.quic.Urgency;
import io.quicmesh.transport.stream.SendStream;
import io.quicmesh.transport.wire.StreamHeader;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How much a circuit carries: two nodes and the relay in one process, on loopback, nothing sealed.
 * Prints the rate of every second, so that cold and warm can be told apart, the median of the last
 * half, and the relay's own CPU time for a gigabyte in it, which other load disturbs less.
 *
 * <p>Arguments: seconds (20) and bytes of one write (65536).
 */
final class RelayBench {

  private RelayBench() {}

  public static void main(String[] args) throws InterruptedException {
    int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 20;
    int chunkBytes = args.length > 1 ? Integer.parseInt(args[1]) : 64 * 1024;
    TestNetwork network = new TestNetwork();
    var members = network.members(2);
    try (RelayHost relay = new RelayHost();
        TestNode a = TestNode.up(relay, members.get(0));
        TestNode b = TestNode.up(relay, members.get(1))) {
      Pump pump = new Pump(chunkBytes);
      a.onLoop(
          connection ->
              pump.begin(connection.openStream(new StreamHeader.Circuit(b.id(), 1), Urgency.DATA)));
      TestReceiver receiver = b.stream();
      b.circuit(a, 1).write(1);
      measure(relay, receiver, seconds);
    }
  }

  private static void measure(RelayHost relay, TestReceiver receiver, int seconds)
      throws InterruptedException {
    double[] rates = new double[seconds];
    long before = receiver.bytes();
    long beforeNanos = System.nanoTime();
    long halfBytes = 0;
    long halfCpuNanos = 0;
    for (int i = 0; i < seconds; i++) {
      if (i == seconds / 2) {
        halfBytes = before;
        halfCpuNanos = relay.cpuNanos();
      }
      Thread.sleep(1_000);
      long now = System.nanoTime();
      long bytes = receiver.bytes();
      rates[i] = (bytes - before) * 8.0 / (now - beforeNanos);
      System.out.printf(Locale.ROOT, "%2d s  %5.2f Gbit/s%n", i + 1, rates[i]);
      before = bytes;
      beforeNanos = now;
    }
    double cpu = relay.cpuNanos() - halfCpuNanos;
    double[] warm = Arrays.copyOfRange(rates, seconds / 2, seconds);
    Arrays.sort(warm);
    System.out.printf(Locale.ROOT, "warm  %5.2f Gbit/s (median)%n", warm[warm.length / 2]);
    System.out.printf(Locale.ROOT, "relay %5.2f CPU s/GB%n", cpu / (before - halfBytes));
  }

  /** Writes one and the same chunk as often as the connection takes it. */
  static final class Pump implements SendStream.Listener {
    private final ByteBuf chunk;
    private @Nullable SendStream stream;

    Pump(int chunkBytes) {
      chunk = PooledByteBufAllocator.DEFAULT.directBuffer(chunkBytes).writeZero(chunkBytes);
    }

    /** On the loop. */
    void begin(SendStream to) {
      stream = to;
      to.setListener(this);
      writable();
    }

    @Override
    public void writable() {
      SendStream to = Objects.requireNonNull(stream);
      while (to.isWritable()) {
        to.write(chunk.retainedDuplicate());
      }
    }

    @Override
    public void closed(String cause) {
      chunk.release();
    }
  }
}
