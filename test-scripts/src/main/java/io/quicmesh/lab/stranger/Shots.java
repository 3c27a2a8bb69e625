package io.quicmesh.lab.stranger;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Sends volleys to a server, each from ports of its own, and counts what comes back to them until
 * some time after the last one. Used by one thread.
 */
final class Shots implements AutoCloseable {

  private static final long SPACING_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long LISTEN_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int DATAGRAM_BYTES_MAX = 65_536;

  private final InetSocketAddress server;
  private final Selector selector = Selector.open();
  private final ByteBuffer buffer = ByteBuffer.allocate(DATAGRAM_BYTES_MAX);
  private final List<DatagramChannel> channels = new ArrayList<>();
  private final List<Tally> tallies = new ArrayList<>();

  Shots(InetSocketAddress server) throws IOException {
    this.server = server;
  }

  /** Sends all of them, and returns what came of each. */
  List<Tally> send(List<Volley> volleys) throws IOException {
    for (Volley volley : volleys) {
      Tally tally = new Tally(volley);
      tallies.add(tally);
      List<DatagramChannel> own = open(volley.ports(), tally);
      for (int i = 0; i < volley.packets().size(); i++) {
        own.get(i % own.size()).send(ByteBuffer.wrap(volley.packets().get(i)), server);
        listen(SPACING_NANOS);
      }
    }
    listen(LISTEN_NANOS);
    return tallies;
  }

  private List<DatagramChannel> open(int ports, Tally tally) throws IOException {
    List<DatagramChannel> opened = new ArrayList<>();
    for (int i = 0; i < ports; i++) {
      DatagramChannel channel = DatagramChannel.open().bind(null);
      channels.add(channel);
      opened.add(channel);
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, tally);
    }
    return opened;
  }

  private void listen(long nanos) throws IOException {
    long until = System.nanoTime() + nanos;
    for (long left = nanos; left > 0; left = until - System.nanoTime()) {
      selector.select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
      for (SelectionKey key : selector.selectedKeys()) {
        receive((DatagramChannel) key.channel(), (Tally) key.attachment());
      }
      selector.selectedKeys().clear();
    }
  }

  private void receive(DatagramChannel channel, Tally tally) throws IOException {
    while (channel.receive(buffer.clear()) != null) {
      tally.received(buffer.flip(), System.nanoTime());
    }
  }

  /**
   * The most challenges that came within a second. What stood in queues on the way comes closer
   * together than it was sent, so a second is counted as a little less.
   */
  int challengesInASecondMax() {
    long[] times =
        tallies.stream()
            .flatMap(tally -> tally.challengesNanos().stream())
            .mapToLong(Long::longValue)
            .sorted()
            .toArray();
    long secondNanos = TimeUnit.MILLISECONDS.toNanos(950);
    int most = 0;
    int from = 0;
    for (int to = 0; to < times.length; to++) {
      while (times[to] - times[from] >= secondNanos) {
        from++;
      }
      most = Math.max(most, to - from + 1);
    }
    return most;
  }

  @Override
  public void close() throws IOException {
    for (DatagramChannel channel : channels) {
      channel.close();
    }
    selector.close();
  }
}
