package io.quicmesh.node;

import io.quicmesh.migration.CandidateStatus;
import io.quicmesh.migration.CarrierKind;
import io.quicmesh.migration.Deadlines;
import io.quicmesh.migration.Decision;
import io.quicmesh.monitor.api.CandidateResult;
import io.quicmesh.monitor.api.DirectAttempts;
import io.quicmesh.monitor.api.FrameCounts;
import io.quicmesh.monitor.api.PathQuality;
import io.quicmesh.monitor.api.PeerCarrier;
import io.quicmesh.monitor.api.PeerIdentity;
import io.quicmesh.monitor.api.PeerStatus;
import io.quicmesh.monitor.api.WhyAnswer;
import io.quicmesh.node.explain.CarrierExplanation;
import io.quicmesh.node.explain.OwnSituation;
import io.quicmesh.node.explain.PeerSituation;
import io.quicmesh.transport.carrier.Addresses;
import io.quicmesh.transport.session.SessionCounters;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads peers and what carries their sessions for those who watch. Loop-owned. */
final class PeerFacts {

  private final NodeContext context;
  private final NodeJournal journal;

  PeerFacts(NodeContext context, NodeJournal journal) {
    this.context = context;
    this.journal = journal;
  }

  PeerStatus status(Peer peer) {
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

  /** Why the peer's session runs on the carrier that it has. */
  WhyAnswer why(Peer peer, OwnSituation own) {
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
                own)),
        candidates,
        nextRetry == Deadlines.NEVER ? null : at(nextRetry));
  }
}
