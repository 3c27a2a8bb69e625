package io.quicmesh.node;

import io.quicmesh.migration.CarrierKind;
import io.quicmesh.migration.ConnectionRecord;
import io.quicmesh.migration.MigrationStatistics;
import io.quicmesh.monitor.api.ConnectionStatus;
import io.quicmesh.monitor.api.MigrationTotals;
import io.quicmesh.monitor.api.Netcheck;
import io.quicmesh.monitor.api.NodeFacts;
import io.quicmesh.monitor.api.NodeStatus;
import io.quicmesh.monitor.api.PeerCarrier;
import io.quicmesh.monitor.api.PeerStatus;
import io.quicmesh.monitor.api.Peers;
import io.quicmesh.monitor.api.RelayLink;
import io.quicmesh.monitor.api.TapStatus;
import io.quicmesh.monitor.api.UnderlayStatus;
import io.quicmesh.monitor.api.WhyAnswer;
import io.quicmesh.node.explain.HealthSummary;
import io.quicmesh.node.explain.NetcheckReading;
import io.quicmesh.node.explain.OwnSituation;
import io.quicmesh.node.switching.SwitchDrop;
import io.quicmesh.tap.TapCounters;
import io.quicmesh.tap.TapDevice;
import io.quicmesh.transport.carrier.Addresses;
import io.quicmesh.transport.quic.CounterGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads the state of a node into immutable snapshots for those who watch it. Loop-owned. */
final class NodeFactsReader {

  private final NodeContext context;
  private final TapDevice tap;
  private final Mesh mesh;
  private final Relays relays;
  private final NodeJournal journal;
  private final PeerFacts peerFacts;
  private final ConnectionFacts connectionFacts;
  private final long startedNanos;
  private long ringDrops;

  NodeFactsReader(
      NodeContext context, TapDevice tap, Mesh mesh, Relays relays, NodeJournal journal) {
    this.context = context;
    this.tap = tap;
    this.mesh = mesh;
    this.relays = relays;
    this.journal = journal;
    this.peerFacts = new PeerFacts(context, journal);
    this.connectionFacts = new ConnectionFacts(context, mesh, journal);
    this.startedNanos = context.nowNanos();
  }

  /** Notes the drops of the TAP's ring, which are read off the loop. */
  void setRingDrops(long drops) {
    ringDrops = drops;
  }

  NodeFacts read() {
    List<PeerStatus> peers = new ArrayList<>();
    mesh.peers().forEach(peer -> peers.add(peerFacts.status(peer)));
    return new NodeFacts(
        status(peers),
        new Peers(peers),
        connectionFacts.connections(),
        connectionFacts.migrations(),
        journal.handovers());
  }

  /** Why the peer's session runs on the carrier that it has. */
  WhyAnswer why(Peer peer) {
    return peerFacts.why(peer, own(relayLinks()));
  }

  ConnectionStatus connection(ConnectionRecord record) {
    return connectionFacts.connection(record);
  }

  // Status.

  private NodeStatus status(List<PeerStatus> peers) {
    List<RelayLink> links = relayLinks();
    int up = 0;
    for (PeerStatus peer : peers) {
      up += peer.current().state().equals(PeerCarrier.UP) ? 1 : 0;
    }
    MigrationStatistics migrations = journal.tracker().statistics();
    String membership = context.membership().problem(context.nowNanos());
    HealthSummary health =
        membership == null
            ? HealthSummary.of(own(links), peers)
            : new HealthSummary(false, membership);
    return new NodeStatus(
        NodeStatus.KIND,
        context.identity().name(),
        context.identity().id().toString(),
        context.identity().network().toString(),
        Version.TEXT,
        (context.nowNanos() - startedNanos) / 1_000_000_000L,
        health.isHealthy(),
        health.line(),
        tapStatus(),
        underlay(),
        links,
        up,
        peers.size(),
        new MigrationTotals(
            migrations.migrating(), migrations.totalFailed(), migrations.totalSuccessful()),
        refusals());
  }

  private OwnSituation own(List<RelayLink> links) {
    return new OwnSituation(
        context.clock().instant(),
        context.settings().direct(),
        context.identity().transport().notAfter(),
        links);
  }

  private List<RelayLink> relayLinks() {
    List<RelayLink> links = new ArrayList<>();
    relays.all().forEach(link -> links.add(relay(link)));
    return links;
  }

  /** What the network around this host lets through. */
  Netcheck netcheck(List<InetAddress> ownAddresses) {
    boolean hasDirect = false;
    for (Peer peer : mesh.peers()) {
      for (CarrierEntry entry : peer.carriers().entries()) {
        hasDirect |= entry.id().kind() == CarrierKind.DIRECT;
      }
    }
    return NetcheckReading.of(relayLinks(), ownAddresses, hasDirect);
  }

  private static RelayLink relay(ConfiguredRelay link) {
    InetSocketAddress observed = link.observed();
    String state = link.isUp() ? "up" : link.isConnecting() ? "connecting" : "down";
    return new RelayLink(
        link.label(),
        state,
        link.rttNanos() < 0 ? null : link.rttNanos() / 1e6,
        observed == null ? null : Addresses.text(observed),
        link.isUp() ? null : link.reason());
  }

  private TapStatus tapStatus() {
    TapCounters counters = tap.counters();
    Map<String, Long> dropped = new TreeMap<>();
    counters.dropped().forEach((reason, count) -> dropped.put("tap_" + reason.shown(), count));
    for (Map.Entry<SwitchDrop, Long> entry : mesh.frameSwitch().drops().entrySet()) {
      dropped.put("switch_" + entry.getKey().key(), entry.getValue());
    }
    dropped.put("no_peer", mesh.frames().noPeerDrops());
    dropped.put("tap_ring", ringDrops);
    return new TapStatus(
        tap.name(),
        tap.mac().toString(),
        tap.mtuBytes(),
        tap.offloads().names(),
        counters.framesIn(),
        counters.framesOut(),
        counters.bytesIn(),
        counters.bytesOut(),
        dropped);
  }

  private Map<String, Long> refusals() {
    Map<String, Long> refusals = new TreeMap<>(context.endpoint().counters());
    refusals.keySet().removeIf(name -> !isRefusal(name));
    refusals.putAll(context.membership().counters());
    return refusals;
  }

  private static boolean isRefusal(String counter) {
    return counter.startsWith("refused_");
  }

  private UnderlayStatus underlay() {
    long buffered = 0;
    long heartbeatsLost = 0;
    for (Peer peer : mesh.peers()) {
      heartbeatsLost += peer.carriers().heartbeatsLost();
      buffered += peer.session().stagedBytes() + peer.session().flightBytes();
    }
    Map<String, Long> counters = context.endpoint().counters();
    return new UnderlayStatus(
        Addresses.text(context.endpoint().port().localAddress()),
        counters.getOrDefault("bytes_sent", 0L),
        counters.getOrDefault("bytes_received", 0L),
        CounterGroup.DROPPED.of(counters),
        CounterGroup.GATE.of(counters),
        heartbeatsLost,
        buffered,
        context.settings().flightBytesMax()
            + context.settings().stagedBytesMax() * Math.max(1, mesh.peers().size()));
  }
}
