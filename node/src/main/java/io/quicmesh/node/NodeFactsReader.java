package io.quicmesh.node;

import io.quicmesh.migration.CandidateStatus;
import io.quicmesh.migration.CarrierKind;
import io.quicmesh.migration.ConnectionRecord;
import io.quicmesh.migration.Deadlines;
import io.quicmesh.migration.Decision;
import io.quicmesh.migration.MigrationNotice;
import io.quicmesh.migration.MigrationStatistics;
import io.quicmesh.migration.RecordedMigration;
import io.quicmesh.monitor.api.AdminEvent;
import io.quicmesh.monitor.api.CandidateResult;
import io.quicmesh.monitor.api.ConnectionStatus;
import io.quicmesh.monitor.api.Connections;
import io.quicmesh.monitor.api.DirectAttempts;
import io.quicmesh.monitor.api.FrameCounts;
import io.quicmesh.monitor.api.MigrationEntry;
import io.quicmesh.monitor.api.MigrationEvent;
import io.quicmesh.monitor.api.MigrationTotals;
import io.quicmesh.monitor.api.Netcheck;
import io.quicmesh.monitor.api.NodeFacts;
import io.quicmesh.monitor.api.NodeStatus;
import io.quicmesh.monitor.api.PathQuality;
import io.quicmesh.monitor.api.PeerCarrier;
import io.quicmesh.monitor.api.PeerIdentity;
import io.quicmesh.monitor.api.PeerStatus;
import io.quicmesh.monitor.api.Peers;
import io.quicmesh.monitor.api.RelayLink;
import io.quicmesh.monitor.api.TapStatus;
import io.quicmesh.monitor.api.UnderlayStatus;
import io.quicmesh.monitor.api.WhyAnswer;
import io.quicmesh.node.explain.CarrierExplanation;
import io.quicmesh.node.explain.HealthSummary;
import io.quicmesh.node.explain.NetcheckReading;
import io.quicmesh.node.explain.OwnSituation;
import io.quicmesh.node.explain.PeerSituation;
import io.quicmesh.node.switching.SwitchDrop;
import io.quicmesh.tap.TapCounters;
import io.quicmesh.tap.TapDevice;
import io.quicmesh.transport.carrier.Addresses;
import io.quicmesh.transport.session.SessionCounters;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads the state of a node into immutable snapshots for those who watch it. Loop-owned. */
final class NodeFactsReader {

  private static final String DROPPED = "dropped_";

  private final NodeContext context;
  private final TapDevice tap;
  private final Mesh mesh;
  private final Relays relays;
  private final NodeJournal journal;
  private final long startedNanos;
  private long ringDrops;

  NodeFactsReader(
      NodeContext context, TapDevice tap, Mesh mesh, Relays relays, NodeJournal journal) {
    this.context = context;
    this.tap = tap;
    this.mesh = mesh;
    this.relays = relays;
    this.journal = journal;
    this.startedNanos = context.nowNanos();
  }

  /** Notes the drops of the TAP's ring, which are read off the loop. */
  void setRingDrops(long drops) {
    ringDrops = drops;
  }

  NodeFacts read() {
    List<PeerStatus> peers = new ArrayList<>();
    mesh.peers().forEach(peer -> peers.add(peer(peer)));
    return new NodeFacts(
        status(peers), new Peers(peers), connections(), migrations(), journal.handovers());
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
    relays.links().forEach(link -> links.add(relay(link)));
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

  private static RelayLink relay(Relays.Link link) {
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
    dropped.put("no_peer", mesh.noPeerDrops());
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
    Map<String, Long> refused = new TreeMap<>();
    counters.forEach(
        (name, count) -> {
          if (name.startsWith(DROPPED)) {
            refused.put(name.substring(DROPPED.length()), count);
          }
        });
    return new UnderlayStatus(
        Addresses.text(context.endpoint().port().localAddress()),
        counters.getOrDefault("bytes_sent", 0L),
        counters.getOrDefault("bytes_received", 0L),
        refused,
        heartbeatsLost,
        buffered,
        context.settings().flightBytesMax()
            + context.settings().stagedBytesMax() * Math.max(1, mesh.peers().size()));
  }

  // Peers.

  private PeerStatus peer(Peer peer) {
    CarrierEntry current = peer.carriers().current();
    return new PeerStatus(
        new PeerIdentity(
            peer.name(),
            peer.id().toString(),
            peer.membership() == null ? "" : peer.membership().address().toString()),
        carrier(peer, current),
        current == null ? PathQuality.UNKNOWN : quality(peer, current),
        attempts(peer),
        journal.handoverCount(peer),
        frames(peer));
  }

  private PeerCarrier carrier(Peer peer, @Nullable CarrierEntry current) {
    boolean isConnecting = peer.isPresent() || !peer.carriers().entries().isEmpty();
    String state =
        current != null ? PeerCarrier.UP : isConnecting ? PeerCarrier.CONNECTING : PeerCarrier.DOWN;
    String carrier =
        current == null
            ? PeerCarrier.NONE
            : current.id().kind() == CarrierKind.DIRECT ? PeerCarrier.DIRECT : PeerCarrier.RELAY;
    Decision decision = peer.carriers().decision();
    return new PeerCarrier(
        state,
        carrier,
        peer.carriers().handoverState().name(),
        current == null ? null : current.carrier().description(),
        at(peer.carriers().currentSinceNanos()),
        decision == null ? null : decision.text());
  }

  private PathQuality quality(Peer peer, CarrierEntry current) {
    io.quicmesh.migration.PathQuality measured = current.health().quality(context.nowNanos());
    if (!measured.measured()) {
      return PathQuality.UNKNOWN;
    }
    return new PathQuality(
        measured.rttNanos() / 1e6,
        measured.jitterNanos() / 1e6,
        measured.loss(),
        peer.session().deliveryRateBytesPerSecond() * 8.0,
        measured.quality());
  }

  private DirectAttempts attempts(Peer peer) {
    DirectDialer dialer = peer.dialer();
    return new DirectAttempts(
        dialer.lastSuccessNanos() == Deadlines.NEVER ? null : at(dialer.lastSuccessNanos()),
        dialer.failures(),
        dialer.rounds(),
        dialer.nextRetryNanos() == Deadlines.NEVER ? null : at(dialer.nextRetryNanos()));
  }

  private static FrameCounts frames(Peer peer) {
    SessionCounters counters = peer.session().counters();
    Map<String, Long> dropped = new TreeMap<>();
    dropped.put("session_full", peer.sessionFullDrops());
    dropped.put("stale", counters.stale());
    dropped.put("peer_restarted", counters.lostByRestart());
    dropped.put("bad_record", counters.badRecords());
    return new FrameCounts(
        counters.framesSent(),
        counters.framesReceived(),
        counters.bytesSent(),
        counters.bytesReceived(),
        counters.framesResent(),
        counters.duplicatesDropped(),
        dropped);
  }

  private Instant at(long nanos) {
    return context.clock().instant().plusNanos(nanos - context.nowNanos());
  }

  // Connections.

  private Connections connections() {
    Map<String, ConnectionStatus> all = new LinkedHashMap<>();
    for (ConnectionRecord record :
        journal.tracker().connections(context.clock().instant(), context.nowNanos())) {
      all.put(record.connectionId(), connection(record));
    }
    return new Connections(all);
  }

  ConnectionStatus connection(ConnectionRecord record) {
    List<MigrationEvent> events = new ArrayList<>();
    record.events().forEach(event -> events.add(event(event)));
    return new ConnectionStatus(
        record.connectionId(),
        record.identity().kind().name().toLowerCase(Locale.ROOT),
        record.identity().role().name().toLowerCase(Locale.ROOT),
        nameNow(record.identity().peer()),
        Addresses.text(record.local()),
        Addresses.text(record.remote()),
        record.startTime(),
        record.lastSeen(),
        record.requestCount(),
        record.migrationCount(),
        record.state().name(),
        events);
  }

  /** A connection that a peer opened bears the peer's id until the peer has told its name. */
  private String nameNow(String nameThen) {
    for (Peer peer : mesh.peers()) {
      if (peer.id().shortText().equals(nameThen)) {
        return peer.name();
      }
    }
    return nameThen;
  }

  private static MigrationEvent event(io.quicmesh.migration.MigrationEvent event) {
    return new MigrationEvent(
        event.timestamp(),
        Addresses.text(event.oldAddress()),
        Addresses.text(event.newAddress()),
        event.validated(),
        event.cause().label(),
        event.gapNanos() / 1e6);
  }

  private List<MigrationEntry> migrations() {
    List<MigrationEntry> entries = new ArrayList<>();
    for (RecordedMigration recorded : journal.tracker().events()) {
      entries.add(new MigrationEntry(recorded.connectionId(), event(recorded.event())));
    }
    return entries;
  }

  /** What those who watch hear of a notice of the tracker. */
  static Optional<AdminEvent> event(MigrationNotice notice) {
    if (notice instanceof MigrationNotice.Completed done) {
      MigrationEntry entry = new MigrationEntry(done.connectionId(), event(done.event()));
      return Optional.of(new AdminEvent.MigrationEnded(entry, "done", done.latencyNanos() / 1e6));
    }
    if (notice instanceof MigrationNotice.Failed failed) {
      MigrationEntry entry = new MigrationEntry(failed.connectionId(), event(failed.event()));
      return Optional.of(new AdminEvent.MigrationEnded(entry, "failed", 0));
    }
    return Optional.empty();
  }

  // Why.

  WhyAnswer why(Peer peer) {
    CarrierEntry current = peer.carriers().current();
    List<CandidateResult> candidates = new ArrayList<>();
    for (CandidateStatus status : peer.dialer().candidates()) {
      candidates.add(
          new CandidateResult(
              Addresses.text(status.candidate().address()),
              status.candidate().kind().label(),
              status.result().label(),
              status.rttNanos() <= 0 ? null : status.rttNanos() / 1e6));
    }
    long nextRetry = peer.dialer().nextRetryNanos();
    return new WhyAnswer(
        peer.name(),
        current == null ? "none" : current.id().label(),
        current == null ? null : at(peer.carriers().currentSinceNanos()),
        CarrierExplanation.of(
            new PeerSituation(
                peer.name(),
                peer.isPresent(),
                current == null ? null : current.id(),
                peer.carriers().decision(),
                peer.dialer().candidates(),
                peer.dialer().failures(),
                peer.refusal(),
                own(relayLinks()))),
        candidates,
        nextRetry == Deadlines.NEVER ? null : at(nextRetry));
  }
}
