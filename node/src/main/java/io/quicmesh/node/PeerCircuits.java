package io.quicmesh.node;

import io.quicmesh.migration.HandoverCause;
import io.quicmesh.transport.carrier.CircuitCarrier;
import io.quicmesh.transport.carrier.RelayClient;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.Fingerprint;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where relays see one peer, and the circuits to it: one through each relay that sees it, opened by
 * the side with the smaller id. Loop-owned.
 */
final class PeerCircuits {

  private final NodeContext context;
  private final Fingerprint peer;
  private final PeerCarriers carriers;
  private final Map<RelayClient, ControlMessage.Presence> presences = new LinkedHashMap<>();

  PeerCircuits(NodeContext context, Fingerprint peer, PeerCarriers carriers) {
    this.context = context;
    this.peer = peer;
    this.carriers = carriers;
  }

  void handlePresence(RelayClient relay, ControlMessage.Presence presence) {
    if (presence.up()) {
      ControlMessage.Presence before = presences.put(relay, presence);
      if (before != null && !before.observed().equals(presence.observed())) {
        handleMoved(relay);
      }
    } else {
      presences.remove(relay);
      closeCircuit(relay);
    }
  }

  /** What the relay had sent to the peer's old address is lost, which only the relay could see. */
  private void handleMoved(RelayClient relay) {
    CircuitCarrier circuit = find(relay);
    if (circuit != null) {
      carriers.handleMigrated(circuit, context.nowNanos() - RelayNews.TOLD_DELAY_NANOS);
    }
  }

  /** Where the other end is gone nothing answers any more, and nothing else would say so. */
  private void closeCircuit(RelayClient relay) {
    CircuitCarrier circuit = find(relay);
    if (circuit != null) {
      circuit.close(CloseCode.SHUTTING_DOWN);
    }
  }

  /** A relay connection is gone. Its circuits were told before. */
  void handleRelayDown(RelayClient relay) {
    presences.remove(relay);
  }

  /** Opens the circuits that are missing. */
  void openMissing() {
    for (RelayClient relay : List.copyOf(presences.keySet())) {
      if (relay.connection().isOpen() && find(relay) == null) {
        carriers.add(relay.openCircuit(peer, context.random().nextLong()), relay.name());
      }
    }
  }

  /** The peer opened a circuit; it takes the place of the one through the same relay. */
  void accept(CircuitCarrier circuit) {
    CircuitCarrier old = find(circuit.client());
    if (old != null) {
      old.close(CloseCode.SUPERSEDED);
    }
    carriers.add(circuit, circuit.client().name());
  }

  /** A relay will stop: its circuit is to be left. */
  void handleDraining(RelayClient relay) {
    CircuitCarrier circuit = find(relay);
    if (circuit != null) {
      carriers.handleLeaving(circuit, HandoverCause.DRAIN);
    }
  }

  private @Nullable CircuitCarrier find(RelayClient relay) {
    for (CarrierEntry entry : carriers.entries()) {
      if (entry.carrier() instanceof CircuitCarrier circuit && circuit.client() == relay) {
        return circuit;
      }
    }
    return null;
  }

  /** The peer's addresses as relays see them. */
  List<InetSocketAddress> observed() {
    List<InetSocketAddress> observed = new ArrayList<>();
    presences.values().forEach(presence -> observed.addAll(presence.observed()));
    return observed;
  }

  boolean isPresent() {
    return !presences.isEmpty();
  }
}
