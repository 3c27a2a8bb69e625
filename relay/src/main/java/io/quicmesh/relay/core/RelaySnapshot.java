package io.quicmesh.relay.core;

import io.quicmesh.transport.wire.Fingerprint;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

/**
 * What a relay knows at one moment. Immutable.
 *
 * @param refusals how often something was refused, by reason
 */
public record RelaySnapshot(
    List<Client> clients, List<Splice> circuits, Totals totals, Map<Refusal, Long> refusals) {

  public RelaySnapshot {
    clients = List.copyOf(clients);
    circuits = List.copyOf(circuits);
    refusals = Map.copyOf(refusals);
  }

  /** A node that is present, on this connection. */
  public record Client(
      long connection,
      Fingerprint network,
      Fingerprint id,
      InetSocketAddress observed,
      long sinceNanos,
      int circuits,
      boolean duplicateKey) {}

  /**
   * A circuit.
   *
   * @param streams the shell's numbers of its streams in both directions
   */
  public record Splice(
      Fingerprint network, Fingerprint from, Fingerprint to, long sinceNanos, List<Long> streams) {}

  /**
   * Counts.
   *
   * @param pending connections that are not admitted yet
   * @param circuitsOpened since the start
   * @param streams that are spliced in circuits now
   */
  public record Totals(int pending, long circuitsOpened, int streams, boolean draining) {}
}
