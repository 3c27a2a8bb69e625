package io.quicmesh.node;

import io.quicmesh.transport.carrier.CircuitCarrier;
import io.quicmesh.transport.carrier.RelayClient;
import io.quicmesh.transport.quic.PathEvent;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.StreamHeader;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes what relays tell to the peers that it is about, and to those who watch. Loop-owned. */
final class RelayNews implements Relays.Host {

  private static final Logger LOG = LoggerFactory.getLogger(RelayNews.class);

  /** A relay tells of a move about so long after it. */
  static final long TOLD_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final NodeContext context;
  private final PeerTable peers;
  private final MembershipGuard guard;
  private final NodeEvents events;

  RelayNews(NodeContext context, PeerTable peers, MembershipGuard guard, NodeEvents events) {
    this.context = context;
    this.peers = peers;
    this.guard = guard;
    this.events = events;
  }

  // Peers and hosts that a relay leads to.

  @Override
  public void presence(RelayClient relay, ControlMessage.Presence presence) {
    Fingerprint peer = presence.peer();
    if (guard.mayBePeer(peer) && (presence.up() || peers.get(peer) != null)) {
      peers.getOrAdd(peer).handlePresence(relay, presence);
    }
  }

  @Override
  public void circuitOpened(RelayClient relay, Fingerprint peer, CircuitCarrier circuit) {
    if (guard.mayBePeer(peer)) {
      peers.getOrAdd(peer).addCircuit(circuit);
    } else {
      circuit.close(CloseCode.NOT_ALLOWED);
    }
  }

  @Override
  public void joinOpened(RelayClient relay, StreamHeader.Join header, ReceiveStream stream) {
    events.joinOpened(relay, header, stream);
  }

  @Override
  public void revocations(byte[] signedList) {
    events.revocations(signedList);
  }

  @Override
  public void duplicateKey(String relay, boolean isSelfFirst) {
    guard.handleDuplicateKey(relay, isSelfFirst);
  }

  // The connection to a relay itself.

  @Override
  public void relayUp(RelayClient relay) {
    events.connectionUp(relay.connection(), relay.name());
    events.relayChanged(relay.name(), "up", null);
  }

  @Override
  public void relayDown(RelayClient relay, String cause) {
    peers.all().forEach(peer -> peer.handleRelayDown(relay));
    events.connectionDown(relay.connection(), cause);
    events.relayChanged(relay.name(), "down", cause);
  }

  @Override
  public void relayDraining(RelayClient relay) {
    LOG.info("relay will stop, leaving it relay={}", relay.name());
    peers.snapshot().forEach(peer -> peer.handleDraining(relay));
  }

  @Override
  public void relayObserved(RelayClient relay) {
    long movedNanos = context.nowNanos() - TOLD_DELAY_NANOS;
    peers.snapshot().forEach(peer -> peer.handleMigrated(relay.connection(), movedNanos));
  }

  @Override
  public void relayEchoed(RelayClient relay, long sentNanos) {
    events.echoed(relay.connection(), sentNanos);
  }

  @Override
  public void relayPathChanged(RelayClient relay, PathEvent event) {
    events.pathChanged(relay.connection(), event);
  }

  @Override
  public void firstAttemptOver() {
    events.firstRelayAttemptOver();
  }
}
