package io.quicmesh.monitor;

import io.micrometer.core.instrument.Tags;
import io.quicmesh.monitor.api.FrameCounts;
import io.quicmesh.monitor.api.MigrationTotals;
import io.quicmesh.monitor.api.NodeFacts;
import io.quicmesh.monitor.api.NodeStatus;
import io.quicmesh.monitor.api.PathQuality;
import io.quicmesh.monitor.api.PeerCarrier;
import io.quicmesh.monitor.api.PeerStatus;
import io.quicmesh.monitor.api.RelayLink;
import io.quicmesh.monitor.api.TapStatus;
import io.quicmesh.monitor.api.UnderlayStatus;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Copies a node's snapshot into its metrics. */
final class NodeMetrics {
  private static final double MILLIS = 1e3;

  private final MeterTable table;

  NodeMetrics(MeterTable table) {
    this.table = table;
  }

  void set(NodeFacts facts) {
    NodeStatus status = facts.status();
    process(table, status.uptimeS(), status.healthy(), status.migrations());
    tap(status.tap());
    underlay(status.underlay());
    status
        .refusals()
        .forEach(
            (reason, count) ->
                table.counter(
                    "quicmesh.refusals",
                    "Hosts and peers that were refused, and sessions ended for it",
                    Tags.of("reason", reason),
                    count));
    status.relays().forEach(this::relay);
    sessions(facts.peers().peers());
    facts.peers().peers().forEach(this::peer);
  }

  /** What node and relay have in common. */
  static void process(MeterTable table, long uptimeS, boolean healthy, MigrationTotals totals) {
    table.gauge("quicmesh.uptime.seconds", "Since the start", Tags.empty(), (double) uptimeS);
    table.gauge("quicmesh.healthy", "1 when all is well", Tags.empty(), healthy ? 1 : 0);
    table.gauge(
        "quicmesh.migrations.in.progress",
        "Connections that move now",
        Tags.empty(),
        totals.migrating());
  }

  /** What the gate of a node or relay did, by reason. */
  static void gate(MeterTable table, Map<String, Long> gate) {
    gate.forEach(
        (reason, count) ->
            table.counter(
                "quicmesh.gate.packets",
                "What the gate did with packets, challenges and answers",
                Tags.of("reason", reason),
                count));
  }

  private void tap(TapStatus tap) {
    frames("quicmesh.tap.frames", "Frames at the TAP device", "in", tap.framesIn());
    frames("quicmesh.tap.frames", "Frames at the TAP device", "out", tap.framesOut());
    frames("quicmesh.tap.bytes", "Bytes at the TAP device", "in", tap.bytesIn());
    frames("quicmesh.tap.bytes", "Bytes at the TAP device", "out", tap.bytesOut());
    tap.dropped()
        .forEach(
            (reason, count) ->
                table.counter(
                    "quicmesh.tap.dropped",
                    "Frames dropped at the TAP device",
                    Tags.of("reason", reason),
                    count));
  }

  private void frames(String name, String help, String direction, long count) {
    table.counter(name, help, Tags.of("direction", direction), count);
  }

  private void underlay(UnderlayStatus underlay) {
    frames("quicmesh.underlay.bytes", "Bytes at the UDP port", "sent", underlay.bytesSent());
    frames(
        "quicmesh.underlay.bytes", "Bytes at the UDP port", "received", underlay.bytesReceived());
    underlay
        .gateRejected()
        .forEach(
            (reason, count) ->
                table.counter(
                    "quicmesh.gate.rejected",
                    "Packets that were dropped or held",
                    Tags.of("reason", reason),
                    count));
    gate(table, underlay.gate());
    table.counter(
        "quicmesh.heartbeats.lost",
        "Heartbeats without an answer",
        Tags.empty(),
        underlay.heartbeatsLost());
    table.gauge(
        "quicmesh.buffer.bytes",
        "Unacknowledged and staged bytes",
        Tags.empty(),
        (double) underlay.bufferBytes());
    table.gauge(
        "quicmesh.buffer.limit.bytes",
        "The limit of unacknowledged and staged bytes",
        Tags.empty(),
        (double) underlay.bufferBytesMax());
  }

  private void relay(RelayLink relay) {
    Tags tags = Tags.of("relay", relay.address());
    table.gauge(
        "quicmesh.relay.up", "1 when the relay answers", tags, relay.state().equals("up") ? 1 : 0);
    seconds("quicmesh.relay.rtt.seconds", "Round trip to the relay", tags, relay.rttMs());
  }

  private void sessions(List<PeerStatus> peers) {
    for (String carrier : List.of(PeerCarrier.DIRECT, PeerCarrier.RELAY, PeerCarrier.NONE)) {
      table.gauge(
          "quicmesh.sessions",
          "Sessions by what they run on",
          Tags.of("carrier", carrier),
          (double) peers.stream().filter(peer -> peer.current().carrier().equals(carrier)).count());
    }
  }

  private void peer(PeerStatus peer) {
    String name = peer.identity().name();
    Tags tags = Tags.of("peer", name);
    PathQuality path = peer.path();
    table.gauge(
        "quicmesh.peer.up",
        "1 when the peer is up",
        tags,
        peer.current().state().equals(PeerCarrier.UP) ? 1 : 0);
    seconds("quicmesh.peer.rtt.seconds", "Round trip to the peer", tags, path.rttMs());
    seconds("quicmesh.peer.jitter.seconds", "Variation of the round trip", tags, path.jitterMs());
    known("quicmesh.peer.loss.ratio", "Share of heartbeats without answer", tags, path.loss());
    known("quicmesh.peer.quality.ratio", "Quality of the path, 0 to 1", tags, path.quality());
    table.counter(
        "quicmesh.peer.direct.failures",
        "Failed attempts to reach the peer directly",
        tags,
        peer.direct().directFailures());
    frameCounts(name, peer.frames());
  }

  private void frameCounts(String peer, FrameCounts frames) {
    Tags tags = Tags.of("peer", peer);
    Tags sent = tags.and("direction", "sent");
    Tags received = tags.and("direction", "received");
    table.counter("quicmesh.frames", "Frames by peer", sent, frames.sent());
    table.counter("quicmesh.frames", "Frames by peer", received, frames.received());
    table.counter("quicmesh.bytes", "Frame bytes by peer", sent, frames.bytesSent());
    table.counter("quicmesh.bytes", "Frame bytes by peer", received, frames.bytesReceived());
    table.counter(
        "quicmesh.frames.retransmitted", "Frames sent again", tags, frames.retransmitted());
    table.counter(
        "quicmesh.frames.duplicates.dropped",
        "Frames that came twice",
        tags,
        frames.duplicatesDropped());
    frames
        .dropped()
        .forEach(
            (reason, count) ->
                table.counter(
                    "quicmesh.frames.dropped",
                    "Frames dropped on their way to or from a peer",
                    tags.and("reason", reason),
                    count));
  }

  private void seconds(String name, String help, Tags tags, @Nullable Double millis) {
    known(name, help, tags, millis == null ? null : millis / MILLIS);
  }

  private void known(String name, String help, Tags tags, @Nullable Double value) {
    if (value != null) {
      table.gauge(name, help, tags, value);
    }
  }
}
