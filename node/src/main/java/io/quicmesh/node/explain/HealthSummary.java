package io.quicmesh.node.explain;

import io.quicmesh.monitor.api.PeerCarrier;
import io.quicmesh.monitor.api.PeerStatus;
import io.quicmesh.monitor.api.RelayLink;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether all is well with a node, in one line.
 *
 * @param isHealthy whether it is
 * @param line what is wrong first, or that all is well
 */
public record HealthSummary(boolean isHealthy, String line) {

  private static final Duration NOTICE = Duration.ofHours(24);
  private static final int NAMES_MAX = 3;

  /** The summary of a node, its relays and its peers. */
  public static HealthSummary of(OwnSituation own, List<PeerStatus> peers) {
    if (own.isExpired()) {
      return new HealthSummary(false, own.expiry());
    }
    List<String> problems = new ArrayList<>();
    if (!own.relaysDown().isEmpty()) {
      problems.add(own.relaysDown());
    }
    for (String state : List.of(PeerCarrier.DOWN, PeerCarrier.CONNECTING)) {
      addPeers(problems, peers, state);
    }
    Instant notice = own.certificateEnds().minus(NOTICE);
    if (own.now().isAfter(notice)) {
      problems.add("this host's certificate expires at " + own.certificateEnds());
    }
    return problems.isEmpty()
        ? new HealthSummary(true, well(own, peers))
        : new HealthSummary(false, String.join("; ", problems));
  }

  private static void addPeers(List<String> problems, List<PeerStatus> peers, String state) {
    List<String> names = new ArrayList<>();
    for (PeerStatus peer : peers) {
      if (peer.current().state().equals(state)) {
        names.add(peer.identity().name());
      }
    }
    if (names.isEmpty()) {
      return;
    }
    String shown = String.join(", ", names.subList(0, Math.min(NAMES_MAX, names.size())));
    int more = names.size() - NAMES_MAX;
    problems.add(
        (names.size() == 1 ? "peer " : "peers ")
            + shown
            + (more > 0 ? " and " + more + " more" : "")
            + (names.size() == 1 ? " is " : " are ")
            + state);
  }

  private static String well(OwnSituation own, List<PeerStatus> peers) {
    int up = 0;
    int direct = 0;
    for (PeerStatus peer : peers) {
      up += peer.current().state().equals(PeerCarrier.UP) ? 1 : 0;
      direct += peer.current().carrier().equals(PeerCarrier.DIRECT) ? 1 : 0;
    }
    int relays = (int) own.relays().stream().map(RelayLink::state).filter("up"::equals).count();
    return "all is well: %d of %d peers up, %d direct; %d of %d relays up"
        .formatted(up, peers.size(), direct, relays, own.relays().size());
  }
}
