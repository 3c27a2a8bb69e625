package io.quicmesh.transport.quic;

import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicConnectionPathStats;
import io.netty.handler.codec.quic.QuicConnectionStats;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a connection's figures from the codec. On the event loop its futures are done at once. */
final class StatsReader {

  private StatsReader() {}

  /** The figures, or null when the connection is closed. */
  static @Nullable ConnectionStats read(QuicChannel channel) {
    Future<QuicConnectionStats> sums = channel.collectStats();
    if (!channel.isActive() || !sums.isSuccess() || sums.getNow() == null) {
      return null;
    }
    QuicConnectionStats all = sums.getNow();
    List<ConnectionStats.Path> paths = new ArrayList<>();
    for (int i = 0; i < all.pathsCount(); i++) {
      Future<QuicConnectionPathStats> path = channel.collectPathStats(i);
      if (path.isSuccess()) {
        paths.add(path(path.getNow()));
      }
    }
    for (ConnectionStats.Path path : paths) {
      if (path.active()) {
        return new ConnectionStats(totals(all), path, paths);
      }
    }
    return null;
  }

  private static ConnectionStats.Totals totals(QuicConnectionStats all) {
    return new ConnectionStats.Totals(
        all.sent(), all.recv(), all.lost(), all.sentBytes(), all.recvBytes());
  }

  private static ConnectionStats.Path path(QuicConnectionPathStats path) {
    return new ConnectionStats.Path(
        PathAddresses.corrected(path.localAddress()),
        PathAddresses.corrected(path.peerAddress()),
        path.active(),
        new ConnectionStats.Window(path.rtt(), path.cwnd(), path.deliveryRate(), path.pmtu()),
        new ConnectionStats.Packets(path.sent(), path.recv(), path.lost(), path.retrans()));
  }
}
