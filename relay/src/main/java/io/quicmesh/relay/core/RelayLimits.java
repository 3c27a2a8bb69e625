package io.quicmesh.relay.core;

import io.quicmesh.migration.MigrationMonitor;
import java.util.concurrent.TimeUnit;

/** Every bound of a relay, grouped by what it bounds. A rate of 0 bytes a second is no limit. */
public record RelayLimits(
    Connections connections, Circuits circuits, Joins joins, Rates rates, Times times) {

  /** Start values for a relay with two cores. */
  public static RelayLimits defaults() {
    return new RelayLimits(
        new Connections(4_096, 1_024, 4, 256, 1_024),
        new Circuits(1_024, 65_536, 8, 128, 32, 16_384),
        new Joins(64, 16, 4, 64 * 1024, 10),
        new Rates(0, 0, 8L << 20),
        Times.defaults());
  }

  /**
   * Bounds on connections.
   *
   * @param totalMax node connections in all
   * @param perNetworkMax node connections of one network
   * @param perNodeMax connections of one node
   * @param pendingPerNetworkMax connections of one network that are not admitted yet
   * @param networksMax networks with a connection or a list of revoked keys
   */
  public record Connections(
      int totalMax, int perNetworkMax, int perNodeMax, int pendingPerNetworkMax, int networksMax) {
    /** Checks the ranges. */
    public Connections {
      requireAtLeast(1, totalMax, "connections.total-max");
      requireAtLeast(1, perNetworkMax, "connections.per-network-max");
      requireAtLeast(1, perNodeMax, "connections.per-node-max");
      requireAtLeast(1, pendingPerNetworkMax, "connections.pending-per-network-max");
      requireAtLeast(1, networksMax, "connections.networks-max");
    }
  }

  /**
   * Bounds on circuits.
   *
   * @param perNodeMax circuits of one node
   * @param perNetworkMax circuits of one network
   * @param perPairMax circuits between the same two nodes
   * @param unansweredPerNodeMax circuits that one node opened and that are not answered yet
   * @param streamsPerDirectionMax streams of one circuit in one direction
   * @param streamsPerNodeMax streams that one node sends on
   */
  public record Circuits(
      int perNodeMax,
      int perNetworkMax,
      int perPairMax,
      int unansweredPerNodeMax,
      int streamsPerDirectionMax,
      int streamsPerNodeMax) {
    /** Checks the ranges. */
    public Circuits {
      requireAtLeast(1, perNodeMax, "circuits.per-node-max");
      requireAtLeast(1, perNetworkMax, "circuits.per-network-max");
      requireAtLeast(1, perPairMax, "circuits.per-pair-max");
      requireAtLeast(1, unansweredPerNodeMax, "circuits.unanswered-per-node-max");
      requireAtLeast(1, streamsPerDirectionMax, "circuits.streams-per-direction-max");
      requireAtLeast(1, streamsPerNodeMax, "circuits.streams-per-node-max");
    }

    /** New circuits a second and node. */
    static final int REQUESTS_PER_SECOND = 200;

    static final int REQUESTS_BURST = 1_000;
  }

  /**
   * Bounds on joining hosts.
   *
   * @param totalMax joins at once, in all; joiner connections likewise
   * @param perNetworkMax joins at once to one registrar
   * @param perSourceMax joins at once from one source: an IPv4 address, an IPv6 /64, or a member
   * @param bytesMax bytes of one join in one direction
   * @param perSourcePerMinute joins from one source in a minute
   */
  public record Joins(
      int totalMax, int perNetworkMax, int perSourceMax, int bytesMax, int perSourcePerMinute) {
    /** Checks the ranges. */
    public Joins {
      requireAtLeast(1, totalMax, "joins.total-max");
      requireAtLeast(1, perNetworkMax, "joins.per-network-max");
      requireAtLeast(1, perSourceMax, "joins.per-source-max");
      requireAtLeast(1, bytesMax, "joins.bytes-max");
      requireAtLeast(1, perSourcePerMinute, "joins.per-source-per-minute");
    }
  }

  /**
   * Bounds on spliced bytes.
   *
   * @param nodeBytesPerSecond what one node may send; 0 is no limit
   * @param networkBytesPerSecond what all nodes of a network may send together; 0 is no limit
   * @param pendingBytesPerNodeMax bytes that wait in the relay for one receiving node
   */
  public record Rates(
      long nodeBytesPerSecond, long networkBytesPerSecond, long pendingBytesPerNodeMax) {
    /** Checks the ranges. */
    public Rates {
      requireAtLeast(0, nodeBytesPerSecond, "rates.node-bytes-per-second");
      requireAtLeast(0, networkBytesPerSecond, "rates.network-bytes-per-second");
      requireAtLeast(1, pendingBytesPerNodeMax, "rates.pending-bytes-per-node-max");
    }
  }

  /**
   * How long the relay waits.
   *
   * @param helloNanos for the first message of a node
   * @param answerNanos for the other side of a circuit
   * @param probeNanos for a pong of a node whose key was shown again
   * @param joinNanos for a join to be done
   * @param retireNanos for a node to close the connection that it has replaced itself
   */
  public record Times(
      long helloNanos,
      long answerNanos,
      long probeNanos,
      long joinNanos,
      long retireNanos,
      long migrationNanos) {
    static Times defaults() {
      return new Times(
          TimeUnit.SECONDS.toNanos(5),
          TimeUnit.SECONDS.toNanos(5),
          TimeUnit.SECONDS.toNanos(1),
          TimeUnit.SECONDS.toNanos(30),
          TimeUnit.SECONDS.toNanos(60),
          MigrationMonitor.TIMEOUT_NANOS);
    }

    /** The same with another bound on migrations. */
    public Times withMigrationSeconds(int seconds) {
      requireAtLeast(1, seconds, "migrations.timeout-seconds");
      long nanos = TimeUnit.SECONDS.toNanos(seconds);
      return new Times(helloNanos, answerNanos, probeNanos, joinNanos, retireNanos, nanos);
    }
  }

  private static void requireAtLeast(long least, long value, String key) {
    if (value < least) {
      throw new IllegalArgumentException(key + " must be at least " + least + ", not " + value);
    }
  }
}
