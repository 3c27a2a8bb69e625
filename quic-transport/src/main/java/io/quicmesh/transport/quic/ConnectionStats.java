package io.quicmesh.transport.quic;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * Figures of one connection at one moment.
 *
 * @param active the path in use
 * @param paths all paths that the connection knows, the active one among them
 */
public record ConnectionStats(Totals totals, Path active, List<Path> paths) {

  /** Copies the list. */
  public ConnectionStats {
    paths = List.copyOf(paths);
  }

  /** Sums over all paths since the connection began. */
  public record Totals(
      long packetsSent,
      long packetsReceived,
      long packetsLost,
      long bytesSent,
      long bytesReceived) {}

  /**
   * One path.
   *
   * @param local our address
   * @param remote the peer's address
   * @param active whether it is in use
   * @param window what the congestion control knows
   * @param packets packet counts of this path
   */
  public record Path(
      InetSocketAddress local,
      InetSocketAddress remote,
      boolean active,
      Window window,
      Packets packets) {}

  /**
   * Estimates of a path's congestion control.
   *
   * @param rttNanos smoothed round-trip time
   * @param congestionWindowBytes bytes that may be in flight
   * @param deliveryBytesPerSecond the latest delivery rate
   * @param payloadBytesMax the largest UDP payload that is known to pass
   */
  public record Window(
      long rttNanos,
      long congestionWindowBytes,
      long deliveryBytesPerSecond,
      long payloadBytesMax) {}

  /** Packet counts of a path. */
  public record Packets(long sent, long received, long lost, long retransmitted) {}
}
