package io.quicmesh.relay.core;

import io.quicmesh.transport.wire.Fingerprint;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A node with at least one admitted connection: where it is present, and what it uses. */
final class Node {

  final Fingerprint id;

  /** The connection that circuits and messages go to. */
  NodeConnection present;

  /** An older connection of the same boot, until the node closes it. */
  @Nullable NodeConnection retiring;

  /** A connection of another boot, while the present one is probed. */
  @Nullable NodeConnection newcomer;

  /** Number of the ping that probes the present connection. */
  long probeNumber;

  /** A second host showed this node's key while the first one answered. */
  boolean duplicateKey;

  final Set<Circuit> circuits = new LinkedHashSet<>();
  int unanswered;
  int streams;
  final TokenBucket circuitRequests;

  Node(NodeConnection present, long nowNanos) {
    this.id = present.id;
    this.present = present;
    this.circuitRequests =
        new TokenBucket(
            RelayLimits.Circuits.REQUESTS_PER_SECOND,
            RelayLimits.Circuits.REQUESTS_BURST,
            nowNanos);
  }

  /** How many circuits it has with this other node. */
  int circuitsWith(Node other) {
    int count = 0;
    for (Circuit circuit : circuits) {
      if (circuit.low.node == other || circuit.high.node == other) {
        count++;
      }
    }
    return count;
  }
}
