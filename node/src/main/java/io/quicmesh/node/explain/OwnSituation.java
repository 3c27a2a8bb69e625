package io.quicmesh.node.explain;

import io.quicmesh.monitor.api.RelayLink;
import java.time.Instant;
import java.util.List;

/**
 * What at this node decides on its sessions with all peers.
 *
 * @param makesDirect whether the config lets it make direct connections
 * @param certificateEnds when its certificate expires
 * @param relays its relays
 */
public record OwnSituation(
    Instant now, boolean makesDirect, Instant certificateEnds, List<RelayLink> relays) {

  private static final String UP = "up";

  public OwnSituation {
    relays = List.copyOf(relays);
  }

  boolean isExpired() {
    return !now.isBefore(certificateEnds);
  }

  boolean hasNoRelayUp() {
    return relays.stream().noneMatch(relay -> relay.state().equals(UP));
  }

  String expiry() {
    return "this host's certificate expired at "
        + certificateEnds
        + ", so that no relay and no peer takes it: start the registrar, which renews it, or join"
        + " again";
  }

  /** The relays that are not up, and why. */
  String relaysDown() {
    StringBuilder text = new StringBuilder();
    for (RelayLink relay : relays) {
      if (!relay.state().equals(UP)) {
        text.append(text.isEmpty() ? "" : ", ").append("relay ").append(relay.address());
        text.append(" is ").append(relay.state());
        String reason = relay.reason();
        text.append(reason == null || reason.isEmpty() ? "" : " (" + reason + ")");
      }
    }
    return text.toString();
  }
}
