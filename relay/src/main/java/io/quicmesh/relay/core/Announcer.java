package io.quicmesh.relay.core;

import io.quicmesh.transport.wire.ControlMessage;
import java.net.InetSocketAddress;

/** Tells nodes of one network about each other, and the operator about nodes. */
final class Announcer {

  private final Outbox outbox;
  private final Greeting greeting;

  Announcer(Outbox outbox, Greeting greeting) {
    this.outbox = outbox;
    this.greeting = greeting;
  }

  /** Everything that an admitted node has to know at first. */
  void welcome(NodeConnection to) {
    Network network = to.network;
    outbox.send(to.number, greeting.welcome(to.observed));
    if (network.revoked != null) {
      outbox.send(to.number, new ControlMessage.Revocations(network.revoked.signedList()));
    }
    for (Node other : network.nodes.values()) {
      if (!other.id.equals(to.id)) {
        outbox.send(to.number, other.present.presence(true));
      }
    }
  }

  /** A node is present, anew or in another way than before. */
  void up(NodeConnection about, RelayEvent.Kind kind) {
    tellOthers(about, about.presence(true));
    happened(kind, about, "");
  }

  /** A node has left. */
  void down(NodeConnection about, String cause) {
    tellOthers(about, about.presence(false));
    happened(RelayEvent.Kind.NODE_DOWN, about, cause);
  }

  /** Sends a message to every node of a network. */
  void tellAll(Network network, ControlMessage message) {
    for (Node node : network.nodes.values()) {
      outbox.send(node.present.number, message);
    }
  }

  void happened(RelayEvent.Kind kind, NodeConnection about, String reason) {
    outbox.add(
        new Output.Happened(
            new RelayEvent(kind, about.network.id, about.id, about.observed, reason)));
  }

  void refused(Party.Node party, InetSocketAddress observed, Refusal refusal) {
    outbox.add(
        new Output.Happened(
            new RelayEvent(
                RelayEvent.Kind.NODE_REFUSED,
                party.network(),
                party.id(),
                observed,
                refusal.text())));
  }

  private void tellOthers(NodeConnection about, ControlMessage message) {
    for (Node other : about.network.nodes.values()) {
      if (!other.id.equals(about.id)) {
        outbox.send(other.present.number, message);
      }
    }
  }
}
