package io.quicmesh.relay.core;

import java.util.ArrayList;
import java.util.List;

/** Copies the switchboard's state for status and metrics. */
record SnapshotTaker(Networks networks, Circuits circuits, Outbox outbox) {

  RelaySnapshot take(boolean draining) {
    List<RelaySnapshot.Client> clients = new ArrayList<>();
    List<RelaySnapshot.Splice> splices = new ArrayList<>();
    int pending = 0;
    for (Network network : networks.all()) {
      pending += network.pending;
      network.nodes.values().forEach(node -> clients.add(client(network, node)));
      network.circuits.values().forEach(circuit -> splices.add(splice(circuit)));
    }
    return new RelaySnapshot(
        clients,
        splices,
        new RelaySnapshot.Totals(pending, circuits.opened(), circuits.streams(), draining),
        outbox.refusals());
  }

  private static RelaySnapshot.Client client(Network network, Node node) {
    return new RelaySnapshot.Client(
        node.present.number,
        network.id,
        node.id,
        node.present.observed,
        node.present.sinceNanos,
        node.circuits.size(),
        node.duplicateKey);
  }

  private static RelaySnapshot.Splice splice(Circuit circuit) {
    List<Long> streams = new ArrayList<>(circuit.low.streams);
    streams.addAll(circuit.high.streams);
    return new RelaySnapshot.Splice(
        circuit.network.id, circuit.key.low(), circuit.key.high(), circuit.sinceNanos, streams);
  }
}
