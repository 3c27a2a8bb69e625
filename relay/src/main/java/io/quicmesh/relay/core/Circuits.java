package io.quicmesh.relay.core;

import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage.CircuitClosed;
import io.quicmesh.transport.wire.StreamHeader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Opens, answers and ends circuits. The smaller node id opens a circuit with its first stream, the
 * other node answers with its own; either may add streams then. A circuit ends with its last
 * stream, by a message of either node, or when one of its two connections ends.
 *
 * <p>The first stream of each direction carries the set-up and control lane, because nothing can be
 * sent on others before: it is urgent, all others share what it leaves.
 */
final class Circuits {

  private final Means means;
  private final RelayLimits.Circuits limits;
  private final Map<Long, Circuit> byStream = new HashMap<>();
  private boolean draining;
  private long opened;

  Circuits(Means means) {
    this.means = means;
    this.limits = means.limits().circuits();
  }

  /** A node opened a stream. */
  void handleStream(NodeConnection from, long stream, StreamHeader.Circuit header, long nowNanos) {
    Circuit circuit =
        from.network.circuits.get(Circuit.Key.of(from.id, header.peer(), header.nonce()));
    if (circuit == null) {
      Rejection rejection = rejection(from, header, nowNanos);
      if (rejection != null) {
        reject(from, stream, header, rejection);
        return;
      }
      circuit = open(from, header, nowNanos);
    }
    Circuit.End end = circuit.end(from);
    if (end == null) {
      reject(from, stream, header, Rejection.NOT_ALLOWED);
    } else if (end.streams.size() >= limits.streamsPerDirectionMax()
        || end.node.streams >= limits.streamsPerNodeMax()) {
      means.outbox().count(Refusal.QUOTA_STREAMS);
      means.outbox().endStream(stream, CloseCode.QUOTA);
    } else {
      splice(circuit, end, stream);
    }
  }

  /** A node says that a circuit of its own has ended. */
  void handleClosed(NodeConnection from, CircuitClosed message) {
    Circuit circuit =
        from.network.circuits.get(Circuit.Key.of(from.id, message.peer(), message.nonce()));
    Circuit.End end = circuit == null ? null : circuit.end(from);
    if (circuit == null || end == null) {
      return;
    }
    CloseCode code = code(message.code());
    end(circuit, code);
    tell(circuit, circuit.other(end), code);
  }

  /** A spliced stream ended, in order or not, and all that it brought was handed on. */
  void handleStreamEnded(long stream) {
    Circuit circuit = byStream.remove(stream);
    if (circuit == null) {
      return;
    }
    Circuit.End end = circuit.low.streams.remove(stream) ? circuit.low : circuit.high;
    end.streams.remove(stream);
    end.node.streams--;
    if (circuit.isIdle()) {
      forget(circuit);
    }
  }

  /** A connection ended: so do the circuits on it, and their other nodes are told. */
  void handleGone(Node node, NodeConnection connection) {
    for (Circuit circuit : new ArrayList<>(node.circuits)) {
      Circuit.End end = circuit.end(connection);
      if (end != null) {
        end(circuit, CloseCode.PEER_GONE);
        tell(circuit, circuit.other(end), CloseCode.PEER_GONE);
      }
    }
  }

  /** Refuses new circuits from now on. */
  void drain() {
    draining = true;
  }

  /** How many circuits were opened since the start. */
  long opened() {
    return opened;
  }

  /** How many streams are spliced. */
  int streams() {
    return byStream.size();
  }

  private @Nullable Rejection rejection(
      NodeConnection from, StreamHeader.Circuit header, long nowNanos) {
    Node sender = from.network.nodes.get(from.id);
    Node peer = from.network.nodes.get(header.peer());
    if (sender == null || sender.present != from || header.peer().equals(from.id)) {
      return Rejection.NOT_ALLOWED;
    }
    if (draining) {
      return Rejection.DRAINING;
    }
    if (!sender.circuitRequests.tryTake(nowNanos)) {
      return Rejection.RATE;
    }
    if (peer == null) {
      return Rejection.PEER_OFFLINE;
    }
    if (from.id.compareTo(header.peer()) > 0) {
      return Rejection.NOT_ALLOWED;
    }
    boolean full =
        sender.circuits.size() >= limits.perNodeMax()
            || peer.circuits.size() >= limits.perNodeMax()
            || sender.unanswered >= limits.unansweredPerNodeMax()
            || from.network.circuits.size() >= limits.perNetworkMax()
            || sender.circuitsWith(peer) >= limits.perPairMax();
    return full ? Rejection.QUOTA : null;
  }

  private Circuit open(NodeConnection from, StreamHeader.Circuit header, long nowNanos) {
    Network network = from.network;
    Node low = Objects.requireNonNull(network.nodes.get(from.id));
    Node high = Objects.requireNonNull(network.nodes.get(header.peer()));
    Circuit circuit =
        new Circuit(new Circuit.Key(low.id, high.id, header.nonce()), network, low, high, nowNanos);
    network.circuits.put(circuit.key, circuit);
    low.circuits.add(circuit);
    high.circuits.add(circuit);
    low.unanswered++;
    circuit.answerDeadline =
        means
            .deadlines()
            .add(nowNanos + means.limits().times().answerNanos(), now -> handleUnanswered(circuit));
    opened++;
    return circuit;
  }

  private void splice(Circuit circuit, Circuit.End end, long stream) {
    if (end == circuit.high) {
      answered(circuit);
    }
    end.connection.lastRefused = null;
    boolean first = !end.hasSent;
    end.hasSent = true;
    end.streams.add(stream);
    end.node.streams++;
    byStream.put(stream, circuit);
    means
        .outbox()
        .add(
            new Output.Splice(
                stream,
                circuit.other(end).connection.number,
                new StreamHeader.Circuit(end.node.id, circuit.key.nonce()),
                first,
                Long.MAX_VALUE));
  }

  private void handleUnanswered(Circuit circuit) {
    means.outbox().count(Refusal.CIRCUIT_UNANSWERED);
    end(circuit, CloseCode.UNANSWERED);
    tell(circuit, circuit.low, CloseCode.UNANSWERED);
  }

  private void answered(Circuit circuit) {
    if (circuit.answerDeadline != null) {
      means.deadlines().cancel(circuit.answerDeadline);
      circuit.answerDeadline = null;
      circuit.low.node.unanswered--;
    }
  }

  private void end(Circuit circuit, CloseCode code) {
    for (Circuit.End end : List.of(circuit.low, circuit.high)) {
      for (long stream : end.streams) {
        byStream.remove(stream);
        means.outbox().endStream(stream, code);
      }
      end.node.streams -= end.streams.size();
      end.streams.clear();
    }
    forget(circuit);
  }

  private void forget(Circuit circuit) {
    answered(circuit);
    circuit.network.circuits.remove(circuit.key);
    circuit.low.node.circuits.remove(circuit);
    circuit.high.node.circuits.remove(circuit);
  }

  private void tell(Circuit circuit, Circuit.End end, CloseCode code) {
    means
        .outbox()
        .send(
            end.connection.number,
            new CircuitClosed(circuit.other(end).node.id, circuit.key.nonce(), code.code()));
  }

  private void reject(
      NodeConnection from, long stream, StreamHeader.Circuit header, Rejection rejection) {
    means.outbox().count(rejection.refusal);
    means.outbox().endStream(stream, rejection.code);
    NodeConnection.Refused refused = new NodeConnection.Refused(header.peer(), header.nonce());
    if (!refused.equals(from.lastRefused)) {
      from.lastRefused = refused;
      means
          .outbox()
          .send(
              from.number, new CircuitClosed(header.peer(), header.nonce(), rejection.code.code()));
    }
  }

  private static CloseCode code(int number) {
    for (CloseCode code : CloseCode.values()) {
      if (code.code() == number) {
        return code;
      }
    }
    return CloseCode.NONE;
  }

  /** Why a stream cannot open or join a circuit. */
  private enum Rejection {
    NOT_ALLOWED(Refusal.CIRCUIT_NOT_ALLOWED, CloseCode.NOT_ALLOWED),
    PEER_OFFLINE(Refusal.CIRCUIT_PEER_OFFLINE, CloseCode.PEER_OFFLINE),
    QUOTA(Refusal.QUOTA_CIRCUITS, CloseCode.QUOTA),
    RATE(Refusal.QUOTA_CIRCUIT_REQUESTS, CloseCode.QUOTA),
    DRAINING(Refusal.DRAINING, CloseCode.SHUTTING_DOWN);

    private final Refusal refusal;
    private final CloseCode code;

    Rejection(Refusal refusal, CloseCode code) {
      this.refusal = refusal;
      this.code = code;
    }
  }
}
