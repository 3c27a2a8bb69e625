package io.quicmesh.node.explain;

import io.quicmesh.migration.CandidateStatus;
import io.quicmesh.migration.CarrierId;
import io.quicmesh.migration.Decision;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that decides on what a peer's session runs.
 *
 * @param peer its name
 * @param isPresent whether a relay that this node is connected to says that the peer is there
 * @param current the carrier in use
 * @param decision the last choice, null before the first carrier came up
 * @param candidates addresses of the peer, and what became of dialling them
 * @param failedRounds how often all of them were tried in vain since the start
 * @param refusal why the last set-up of the session was refused, null if it was not
 * @param own what speaks against a direct connection at this host
 */
public record PeerSituation(
    String peer,
    boolean isPresent,
    @Nullable CarrierId current,
    @Nullable Decision decision,
    List<CandidateStatus> candidates,
    long failedRounds,
    @Nullable String refusal,
    OwnSituation own) {

  public PeerSituation {
    candidates = List.copyOf(candidates);
  }
}
