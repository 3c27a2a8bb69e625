package io.quicmesh.relay.core;

import io.quicmesh.transport.wire.Fingerprint;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the relay knows of one network. Every lookup of a node or circuit goes through the network
 * of the one who asks: there is no table in which two networks meet.
 */
final class Network {

  final Fingerprint id;
  final Map<Fingerprint, Node> nodes = new LinkedHashMap<>();
  final Map<Circuit.Key, Circuit> circuits = new LinkedHashMap<>();

  /** Connections that are not admitted yet. */
  int pending;

  private final Map<Fingerprint, Integer> connectionsByNode = new HashMap<>();
  private int connections;

  /** The newest list of revoked keys that a member brought. */
  @Nullable RevokedList revoked;

  Network(Fingerprint id) {
    this.id = id;
  }

  /** A connection of this node has come. */
  void enter(Fingerprint node) {
    connections++;
    connectionsByNode.merge(node, 1, Integer::sum);
  }

  /** A connection of this node has gone. */
  void leave(Fingerprint node) {
    connections--;
    connectionsByNode.computeIfPresent(node, (id, count) -> count == 1 ? null : count - 1);
  }

  /** Connections of its nodes, admitted or not. */
  int connections() {
    return connections;
  }

  int connectionsOf(Fingerprint node) {
    return connectionsByNode.getOrDefault(node, 0);
  }

  boolean isRevoked(Fingerprint node) {
    return revoked != null && revoked.keys().contains(node);
  }

  /** The node that has proven to be the registrar, if it is present. */
  @Nullable NodeConnection registrar() {
    for (Node node : nodes.values()) {
      if (node.present.isRegistrar) {
        return node.present;
      }
    }
    return null;
  }
}
