package io.quicmesh.relay.core;

import io.quicmesh.transport.wire.Fingerprint;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The streams of one session that are spliced between two nodes of a network. */
final class Circuit {

  /**
   * Names a circuit within its network.
   *
   * @param low the smaller node id, which opened it
   */
  record Key(Fingerprint low, Fingerprint high, long nonce) {
    static Key of(Fingerprint one, Fingerprint other, long nonce) {
      return one.compareTo(other) < 0 ? new Key(one, other, nonce) : new Key(other, one, nonce);
    }
  }

  /** One end of a circuit: a connection, and the streams that come from it. */
  static final class End {
    final Node node;
    final NodeConnection connection;
    final Set<Long> streams = new LinkedHashSet<>();
    boolean hasSent;

    End(Node node) {
      this.node = node;
      this.connection = node.present;
    }
  }

  final Key key;
  final Network network;
  final End low;
  final End high;
  final long sinceNanos;

  /** Until the larger node id sends a stream. */
  Deadlines.@Nullable Entry answerDeadline;

  Circuit(Key key, Network network, Node low, Node high, long sinceNanos) {
    this.key = key;
    this.network = network;
    this.low = new End(low);
    this.high = new End(high);
    this.sinceNanos = sinceNanos;
  }

  /** The end on this connection, or null. */
  @Nullable End end(NodeConnection connection) {
    return low.connection == connection ? low : high.connection == connection ? high : null;
  }

  End other(End end) {
    return end == low ? high : low;
  }

  boolean isIdle() {
    return low.streams.isEmpty() && high.streams.isEmpty();
  }
}
