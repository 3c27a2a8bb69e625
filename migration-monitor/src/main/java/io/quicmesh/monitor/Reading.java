package io.quicmesh.monitor;

import io.quicmesh.monitor.api.Facts;
import io.quicmesh.monitor.api.FrameCounts;
import io.quicmesh.monitor.api.NodeFacts;
import io.quicmesh.monitor.api.PeerStatus;
import io.quicmesh.monitor.api.RelayFacts;
import io.quicmesh.monitor.api.TapStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the history keeps of one snapshot for one series.
 *
 * @param levels quantities that are kept as they are
 * @param totals counters since the start, of which the change a second is kept
 */
record Reading(
    String name, String kind, Map<String, @Nullable Double> levels, Map<String, Double> totals) {
  static final String NODE = "node";
  static final String RELAY = "relay";
  static final String PEER = "peer";

  private static final double BITS = 8;

  /** All readings of a snapshot, that of the whole node or relay first. */
  static List<Reading> of(Facts facts) {
    List<Reading> readings = new ArrayList<>();
    if (facts instanceof NodeFacts node) {
      readings.add(ofTap(node.status().node(), node.status().tap()));
      node.peers().peers().forEach(peer -> readings.add(ofPeer(peer)));
    } else if (facts instanceof RelayFacts relay) {
      readings.add(ofRelay(relay));
    }
    return readings;
  }

  private static Reading ofTap(String name, TapStatus tap) {
    double dropped = tap.dropped().values().stream().mapToLong(Long::longValue).sum();
    return new Reading(
        name,
        NODE,
        Map.of(),
        ordered(
            "sent_bps", tap.bytesIn() * BITS,
            "received_bps", tap.bytesOut() * BITS,
            "dropped_per_s", dropped));
  }

  private static Reading ofPeer(PeerStatus peer) {
    Map<String, @Nullable Double> levels = new LinkedHashMap<>();
    levels.put("rtt_ms", peer.path().rttMs());
    levels.put("loss", peer.path().loss());
    FrameCounts frames = peer.frames();
    return new Reading(
        peer.identity().name(),
        PEER,
        levels,
        ordered(
            "sent_bps", frames.bytesSent() * BITS,
            "received_bps", frames.bytesReceived() * BITS,
            "retransmitted_per_s", (double) frames.retransmitted()));
  }

  private static Reading ofRelay(RelayFacts relay) {
    Map<String, @Nullable Double> levels = new LinkedHashMap<>();
    levels.put("clients", (double) relay.status().clients());
    levels.put("circuits", (double) relay.status().circuits());
    Map<String, Double> totals = new LinkedHashMap<>();
    totals.put("spliced_bps", relay.status().spliced().bytes() * BITS);
    totals.put("handshakes_per_s", (double) relay.status().handshakes().completed());
    return new Reading(relay.status().relay(), RELAY, levels, totals);
  }

  private static Map<String, Double> ordered(
      String first, double one, String second, double two, String third, double three) {
    Map<String, Double> totals = new LinkedHashMap<>();
    totals.put(first, one);
    totals.put(second, two);
    totals.put(third, three);
    return totals;
  }
}
