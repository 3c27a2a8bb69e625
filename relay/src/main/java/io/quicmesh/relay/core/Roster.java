package io.quicmesh.relay.core;

import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Connections of nodes from handshake to end: admission, presence, and what happens when the same
 * key connects again.
 *
 * <ul>
 *   <li>Another boot id: the present connection is probed. Silent, it is replaced; answering, the
 *       newcomer is refused, because then two hosts hold one key.
 *   <li>The same boot id: the node renews its own connection. Both live, new circuits go to the
 *       newer one, and the older one is closed when the node has not done so itself in time.
 * </ul>
 */
final class Roster {

  private final Outbox outbox;
  private final Deadlines deadlines;
  private final RelayLimits.Times times;
  private final Networks networks;
  private final Admission admission;
  private final Departures departures;
  private final Announcer announcer;
  private final Liveness liveness;
  private final Map<Long, NodeConnection> connections = new LinkedHashMap<>();
  private long probes;

  Roster(Means means, Networks networks, Departures departures, Announcer announcer) {
    this.outbox = means.outbox();
    this.deadlines = means.deadlines();
    this.times = means.limits().times();
    this.networks = networks;
    this.admission = new Admission(networks, means.limits().connections());
    this.departures = departures;
    this.announcer = announcer;
    this.liveness =
        new Liveness(
            means, (silent, now) -> close(silent, Refusal.SILENT, CloseCode.TIMED_OUT, now));
  }

  /** Who else has to know that a connection of a node has ended. */
  interface Departures {
    /**
     * A connection has ended.
     *
     * @param node null if the connection's node was never admitted
     */
    void handleGone(@Nullable Node node, NodeConnection connection, long nowNanos);
  }

  @Nullable NodeConnection find(long number) {
    return connections.get(number);
  }

  /** All connections, admitted or not. */
  Collection<NodeConnection> connections() {
    return connections.values();
  }

  /** A node's handshake is done. */
  void handleConnected(long number, Party.Node party, InetSocketAddress observed, long nowNanos) {
    Admission.Refused refused = admission.check(party, connections.size(), nowNanos);
    Network network = refused == null ? networks.enter(party.network()) : null;
    if (network == null) {
      refused = refused == null ? Admission.Refused.NETWORKS : refused;
      outbox.count(refused.refusal);
      announcer.refused(party, observed, refused.refusal);
      outbox.add(new Output.Close(number, refused.code));
      return;
    }
    NodeConnection connection = new NodeConnection(number, network, party.id(), observed, nowNanos);
    connections.put(number, connection);
    network.enter(party.id());
    network.pending++;
    connection.stateDeadline =
        deadlines.add(
            nowNanos + times.helloNanos(),
            now -> close(connection, Refusal.HELLO_TIMED_OUT, CloseCode.TIMED_OUT, now));
    prolong(connection, party.expiresAtNanos());
  }

  /** A connection may go on until its node's certificate expires at this time. */
  void prolong(NodeConnection connection, long expiresAtNanos) {
    if (connection.expiry != null) {
      deadlines.cancel(connection.expiry);
    }
    connection.expiry =
        deadlines.add(
            expiresAtNanos, now -> close(connection, Refusal.EXPIRED, CloseCode.EXPIRED, now));
  }

  /** The first message of a node. */
  void handleHello(NodeConnection connection, ControlMessage.Hello hello, long nowNanos) {
    if (connection.state != NodeConnection.State.HELLO_AWAITED) {
      outbox.count(Refusal.UNEXPECTED_MESSAGE);
      return;
    }
    if (hello.version() != Greeting.PROTOCOL_VERSION) {
      close(connection, Refusal.VERSION, CloseCode.VERSION, nowNanos);
      return;
    }
    connection.bootId = hello.bootId();
    connection.capabilities = hello.capabilities();
    Node node = connection.network.nodes.get(connection.id);
    if (node == null) {
      settle(connection);
      connection.network.nodes.put(connection.id, new Node(connection, nowNanos));
      present(connection, RelayEvent.Kind.NODE_UP);
    } else if (node.present.bootId == hello.bootId()) {
      renew(node, connection, nowNanos);
    } else {
      probe(node, connection, nowNanos);
    }
  }

  /** A node answers a ping: perhaps the one that asked whether it still lives. */
  void handlePong(NodeConnection connection, long pingNumber, long nowNanos) {
    Node node = connection.network.nodes.get(connection.id);
    if (node == null || node.present != connection || node.probeNumber != pingNumber) {
      return;
    }
    NodeConnection newcomer = node.newcomer;
    if (newcomer != null) {
      node.duplicateKey = true;
      announcer.happened(RelayEvent.Kind.DUPLICATE_KEY, connection, "also at " + newcomer.observed);
      // A circuit to oneself cannot exist: this tells the first host that there is a second one.
      outbox.send(
          connection.number,
          new ControlMessage.CircuitClosed(connection.id, 0, CloseCode.DUPLICATE_KEY.code()));
      close(newcomer, Refusal.DUPLICATE_KEY, CloseCode.DUPLICATE_KEY, nowNanos);
    }
  }

  /** A connection is seen at another underlay address. */
  void handleMoved(NodeConnection connection, InetSocketAddress observed) {
    if (connection.observed.equals(observed)) {
      return;
    }
    connection.observed = observed;
    if (connection.isAdmitted()) {
      outbox.send(connection.number, new ControlMessage.Observed(observed));
    }
    if (connection.state == NodeConnection.State.PRESENT) {
      announcer.up(connection, RelayEvent.Kind.NODE_MOVED);
    }
  }

  /** A connection ended. */
  void handleDisconnected(NodeConnection connection, String cause, long nowNanos) {
    remove(connection, cause, nowNanos);
  }

  /** Closes all connections of nodes whose key is revoked. */
  void closeRevoked(Network network, long nowNanos) {
    for (NodeConnection connection : List.copyOf(connections.values())) {
      if (connection.network == network && network.isRevoked(connection.id)) {
        close(connection, Refusal.REVOKED, CloseCode.REVOKED, nowNanos);
      }
    }
  }

  /** Closes a connection because of what its peer did. */
  void refuse(NodeConnection connection, Refusal refusal, CloseCode code, long nowNanos) {
    close(connection, refusal, code, nowNanos);
  }

  private void present(NodeConnection connection, RelayEvent.Kind kind) {
    connection.state = NodeConnection.State.PRESENT;
    liveness.watch(connection);
    announcer.welcome(connection);
    announcer.up(connection, kind);
  }

  private void renew(Node node, NodeConnection connection, long nowNanos) {
    if (node.retiring != null) {
      close(node.retiring, null, CloseCode.REPLACED, nowNanos);
    }
    NodeConnection older = node.present;
    node.retiring = older;
    older.state = NodeConnection.State.RETIRING;
    older.stateDeadline =
        deadlines.add(
            nowNanos + times.retireNanos(), now -> close(older, null, CloseCode.REPLACED, now));
    settle(connection);
    node.present = connection;
    present(connection, RelayEvent.Kind.NODE_RECONNECTED);
  }

  private void probe(Node node, NodeConnection connection, long nowNanos) {
    if (node.newcomer != null) {
      close(node.newcomer, null, CloseCode.REPLACED, nowNanos);
    }
    settle(connection);
    connection.state = NodeConnection.State.PROBING;
    connection.network.pending++;
    node.newcomer = connection;
    node.probeNumber = ++probes;
    outbox.send(node.present.number, new ControlMessage.Ping(node.probeNumber));
    connection.stateDeadline =
        deadlines.add(
            nowNanos + times.probeNanos(),
            now -> close(node.present, null, CloseCode.REPLACED, now));
  }

  private void close(
      NodeConnection connection, @Nullable Refusal refusal, CloseCode code, long nowNanos) {
    if (refusal != null) {
      outbox.count(refusal);
      announcer.happened(RelayEvent.Kind.NODE_REFUSED, connection, refusal.text());
    }
    remove(connection, code.text(), nowNanos);
    outbox.add(new Output.Close(connection.number, code));
  }

  private void remove(NodeConnection connection, String cause, long nowNanos) {
    settle(connection);
    if (connection.expiry != null) {
      deadlines.cancel(connection.expiry);
    }
    liveness.forget(connection);
    connection.state = NodeConnection.State.GONE;
    connections.remove(connection.number);
    Network network = connection.network;
    Node node = network.nodes.get(connection.id);
    departures.handleGone(node, connection, nowNanos);
    if (node != null) {
      succeed(node, connection, cause);
    }
    network.leave(connection.id);
    networks.leave(network);
  }

  /** A connection of a node ended: another takes its place, or the node is down. */
  private void succeed(Node node, NodeConnection gone, String cause) {
    if (node.retiring == gone) {
      node.retiring = null;
    } else if (node.newcomer == gone) {
      node.newcomer = null;
    } else if (node.present == gone) {
      NodeConnection next = node.newcomer == null ? node.retiring : node.newcomer;
      if (next == null) {
        gone.network.nodes.remove(node.id);
        announcer.down(gone, cause);
        return;
      }
      if (next == node.newcomer) {
        node.newcomer = null;
      } else {
        node.retiring = null;
      }
      settle(next);
      node.present = next;
      present(next, RelayEvent.Kind.NODE_RECONNECTED);
    }
  }

  /** Leaves the current state: its deadline does not count any more. */
  private void settle(NodeConnection connection) {
    if (connection.stateDeadline != null) {
      deadlines.cancel(connection.stateDeadline);
      connection.stateDeadline = null;
    }
    if (connection.state == NodeConnection.State.HELLO_AWAITED
        || connection.state == NodeConnection.State.PROBING) {
      connection.network.pending--;
      connection.state = NodeConnection.State.GONE;
    }
  }
}
