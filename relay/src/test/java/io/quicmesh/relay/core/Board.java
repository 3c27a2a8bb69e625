package io.quicmesh.relay.core;

import io.quicmesh.transport.wire.Capability;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.StreamHeader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A switchboard with a clock, for tests that tell a story. */
final class Board {

  static final Fingerprint NETWORK = fingerprint(100);
  static final Fingerprint OTHER_NETWORK = fingerprint(101);
  static final Greeting GREETING = new Greeting(77, "relay");

  private static final long PING_MILLIS = 1_000;
  private static final ControlMessage ALIVE = new ControlMessage.Ping(-1);
  private static final ControlMessage ALIVE_ANSWER = new ControlMessage.Pong(-1);

  final Switchboard switchboard;

  /** Nodes do not ping. */
  boolean isSilent;

  private final Set<Long> up = new LinkedHashSet<>();
  long nowNanos = 5;
  private long streams;

  Board() {
    this(RelayLimits.defaults(), Set.of(NETWORK, OTHER_NETWORK));
  }

  Board(RelayLimits limits, @Nullable Set<Fingerprint> allowed) {
    switchboard = new Switchboard(limits, allowed, GREETING);
  }

  /** Fingerprints in the order of their numbers. */
  static Fingerprint fingerprint(int number) {
    byte[] bytes = new byte[Fingerprint.BYTES];
    bytes[0] = (byte) (number >> 8);
    bytes[1] = (byte) number;
    return Fingerprint.of(bytes);
  }

  static InetSocketAddress address(int number) {
    try {
      byte[] ip = {10, 0, (byte) (number >> 8), (byte) number};
      return new InetSocketAddress(InetAddress.getByAddress(ip), 4000 + number);
    } catch (java.net.UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  static ControlMessage.Hello hello(long bootId, int capabilities) {
    return new ControlMessage.Hello(Greeting.PROTOCOL_VERSION, bootId, capabilities, "node");
  }

  /** Connects a node of {@link #NETWORK} and takes its outputs away. */
  void up(long connection, int node) {
    up(connection, NETWORK, node, 0);
  }

  void up(long connection, Fingerprint network, int node, int capabilities) {
    connect(connection, network, node);
    message(connection, hello(node, capabilities));
    if ((capabilities & Capability.REGISTRAR) != 0) {
      switchboard.handleRegistrar(connection, true);
    }
    drain();
  }

  void connect(long connection, Fingerprint network, int node) {
    switchboard.handleConnected(
        connection,
        new Party.Node(network, fingerprint(node), nowNanos + TimeUnit.DAYS.toNanos(1)),
        address(node),
        nowNanos);
  }

  void connectJoiner(long connection, int key) {
    switchboard.handleConnected(
        connection, new Party.Joiner(fingerprint(key)), address(key), nowNanos);
  }

  void message(long connection, ControlMessage message) {
    switchboard.handleMessage(connection, message, nowNanos);
    if (message instanceof ControlMessage.Hello) {
      up.add(connection);
    }
  }

  /** Opens a stream of a circuit and gives its number. */
  long circuit(long connection, int peer, long nonce) {
    return stream(connection, new StreamHeader.Circuit(fingerprint(peer), nonce));
  }

  long stream(long connection, StreamHeader header) {
    long stream = ++streams;
    switchboard.handleStream(connection, stream, header, nowNanos);
    return stream;
  }

  /** Time passes, and nodes that are up ping the relay every second unless they are silent. */
  void sleep(long millis) {
    for (long left = millis; left > 0; left -= PING_MILLIS) {
      nowNanos += TimeUnit.MILLISECONDS.toNanos(Math.min(left, PING_MILLIS));
      switchboard.handleDeadline(nowNanos);
      if (!isSilent) {
        up.forEach(number -> switchboard.handleMessage(number, ALIVE, nowNanos));
      }
    }
  }

  /** Everything that the switchboard wants done now, without what is only news. */
  List<Output> drain() {
    List<Output> outputs = new ArrayList<>();
    for (Output output = switchboard.poll(); output != null; output = switchboard.poll()) {
      boolean isForLife = output instanceof Output.Send send && send.message().equals(ALIVE_ANSWER);
      if (!(output instanceof Output.Happened) && !isForLife) {
        outputs.add(output);
      }
    }
    return outputs;
  }

  long refusals(Refusal refusal) {
    return switchboard.snapshot().refusals().getOrDefault(refusal, 0L);
  }

  static Output send(long connection, ControlMessage message) {
    return new Output.Send(connection, message);
  }

  static Output close(long connection, CloseCode code) {
    return new Output.Close(connection, code);
  }

  static Output endStream(long stream, CloseCode code) {
    return new Output.EndStream(stream, code);
  }

  static Output circuitClosed(long connection, int peer, long nonce, CloseCode code) {
    return send(
        connection, new ControlMessage.CircuitClosed(fingerprint(peer), nonce, code.code()));
  }

  static Output splice(long stream, long connection, int sender, long nonce, boolean urgent) {
    return new Output.Splice(
        stream,
        connection,
        new StreamHeader.Circuit(fingerprint(sender), nonce),
        urgent,
        Long.MAX_VALUE);
  }

  static ControlMessage.Presence presence(int node, boolean up) {
    return new ControlMessage.Presence(
        fingerprint(node), up, node, 0, up ? List.of(address(node)) : List.of());
  }
}
