package io.quicmesh.relay.core;

import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.Fingerprint;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One connection of a node, from its handshake to its end. */
final class NodeConnection {

  /** Where a connection stands. */
  enum State {
    /** The handshake is done, the first message is not here. */
    HELLO_AWAITED,
    /** It waits whether the older connection of its node answers. */
    PROBING,
    /** The one connection that its node is present on. */
    PRESENT,
    /** Its node has a newer one; what is spliced goes on for a while. */
    RETIRING,
    GONE
  }

  final long number;
  final Network network;
  final Fingerprint id;
  final long sinceNanos;
  State state = State.HELLO_AWAITED;
  InetSocketAddress observed;
  long bootId;
  int capabilities;

  /** Of the current state: hello, probe or retirement. */
  Deadlines.@Nullable Entry stateDeadline;

  Deadlines.@Nullable Entry expiry;

  /** When it must be looked at next, whether its node still lives. */
  Deadlines.@Nullable Entry liveness;

  /** When the node was last heard. */
  long heardNanos;

  /** The CA's word says that its node is the registrar. */
  boolean isRegistrar;

  /** The last circuit that was refused, so that its other streams draw no further message. */
  @Nullable Refused lastRefused;

  /** Names a circuit that was refused. */
  record Refused(Fingerprint peer, long nonce) {}

  NodeConnection(
      long number, Network network, Fingerprint id, InetSocketAddress observed, long sinceNanos) {
    this.number = number;
    this.network = network;
    this.id = id;
    this.observed = observed;
    this.sinceNanos = sinceNanos;
  }

  /** Whether streams of this connection may be spliced. */
  boolean isAdmitted() {
    return state == State.PRESENT || state == State.RETIRING;
  }

  boolean has(int capability) {
    return (capabilities & capability) != 0;
  }

  ControlMessage.Presence presence(boolean up) {
    return new ControlMessage.Presence(
        id, up, bootId, capabilities, up ? List.of(observed) : List.of());
  }
}
