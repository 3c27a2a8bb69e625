package io.quicmesh.transport.carrier;

import io.quicmesh.transport.quic.PathEvent;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.session.FlightBudget;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.StreamHeader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A node's side of its connection to a relay: presence comes in, circuits go through. Loop-owned.
 */
public final class RelayClient implements QuicConnection.Listener {

  /** Half of what QUIC lets be in flight on one connection: 12 of 24 MiB. */
  private static final long FLIGHT_BYTES_MAX = 12 << 20;

  /** What the owner of a relay connection is told. */
  public interface Owner {

    /** A control message that does not concern one circuit. */
    void control(RelayClient client, ControlMessage message);

    /** A peer opened a circuit to this node. */
    void circuitOpened(RelayClient client, Fingerprint peer, CircuitCarrier circuit);

    /** A joining host, or a member that wants a renewal, opened a stream to this registrar. */
    void joinOpened(RelayClient client, StreamHeader.Join header, ReceiveStream stream);

    /** The connection's path changed. */
    void pathChanged(RelayClient client, PathEvent event);

    /** The connection ended; its circuits were told before. */
    void ended(RelayClient client, int code, String cause);
  }

  private final QuicConnection connection;
  private final String name;
  private final Owner owner;
  private final FlightBudget budget = new FlightBudget(FLIGHT_BYTES_MAX);
  private final Map<CircuitKey, CircuitCarrier> circuits = new LinkedHashMap<>();

  private record CircuitKey(Fingerprint peer, long nonce) {}

  /**
   * Takes over the connection and its listener, and says hello.
   *
   * @param name what the relay is called for people: host and port
   */
  public RelayClient(
      QuicConnection connection, String name, ControlMessage.Hello hello, Owner owner) {
    this.connection = connection;
    this.name = name;
    this.owner = owner;
    connection.setListener(this);
    connection.send(hello);
  }

  /** The connection. */
  public QuicConnection connection() {
    return connection;
  }

  /** What the relay is called for people. */
  public String name() {
    return name;
  }

  /** The relay's fingerprint. */
  public Fingerprint relay() {
    return connection.peer().key();
  }

  FlightBudget flightBudget() {
    return budget;
  }

  /** Begins a circuit to a peer; it exists for the peer when a stream is written on it. */
  public CircuitCarrier openCircuit(Fingerprint peer, long nonce) {
    CircuitCarrier circuit = new CircuitCarrier(this, peer, nonce);
    circuits.put(new CircuitKey(peer, nonce), circuit);
    return circuit;
  }

  void closeCircuit(CircuitCarrier circuit, CloseCode code) {
    if (circuits.remove(new CircuitKey(circuit.peer(), circuit.nonce())) != null) {
      connection.send(
          new ControlMessage.CircuitClosed(circuit.peer(), circuit.nonce(), code.code()));
      circuit.end(code.text());
    }
  }

  @Override
  public void streamOpened(StreamHeader header, ReceiveStream stream) {
    if (header instanceof StreamHeader.Circuit circuit) {
      CircuitKey key = new CircuitKey(circuit.peer(), circuit.nonce());
      CircuitCarrier known = circuits.get(key);
      if (known == null) {
        known = new CircuitCarrier(this, circuit.peer(), circuit.nonce());
        circuits.put(key, known);
        known.accept(stream);
        owner.circuitOpened(this, circuit.peer(), known);
      } else {
        known.accept(stream);
      }
    } else if (header instanceof StreamHeader.Join join) {
      owner.joinOpened(this, join, stream);
    } else {
      stream.stop(CloseCode.PROTOCOL.code());
    }
  }

  @Override
  public void control(ControlMessage message) {
    if (message instanceof ControlMessage.CircuitClosed closed) {
      CircuitCarrier circuit = circuits.remove(new CircuitKey(closed.peer(), closed.nonce()));
      if (circuit != null) {
        circuit.end(CloseCode.describe(closed.code()));
      } else if (closed.code() == CloseCode.DUPLICATE_KEY.code()) {
        owner.control(this, message);
      }
    } else if (message instanceof ControlMessage.Ping ping) {
      connection.send(new ControlMessage.Pong(ping.number()));
    } else {
      owner.control(this, message);
    }
  }

  @Override
  public void pathChanged(PathEvent event) {
    owner.pathChanged(this, event);
  }

  @Override
  public void closed(int code, String cause) {
    List<CircuitCarrier> all = List.copyOf(circuits.values());
    circuits.clear();
    all.forEach(circuit -> circuit.end(cause));
    owner.ended(this, code, cause);
  }
}
