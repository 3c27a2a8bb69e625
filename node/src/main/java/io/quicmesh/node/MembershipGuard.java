package io.quicmesh.node;

import io.quicmesh.transport.carrier.Addresses;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.Fingerprint;
import java.net.InetSocketAddress;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps out who is no member: ends what there is with peers that are revoked or have expired, and
 * tells of those that are refused and of keys that are in the wrong hands. Loop-owned.
 */
final class MembershipGuard {

  private static final Logger LOG = LoggerFactory.getLogger(MembershipGuard.class);

  private final NodeContext context;
  private final PeerTable peers;
  private final NodeEvents events;

  /** Which of two hosts with one key was there first. */
  private enum Shown {
    HERE_FIRST,
    THERE_FIRST
  }

  MembershipGuard(NodeContext context, PeerTable peers, NodeEvents events) {
    this.context = context;
    this.peers = peers;
    this.events = events;
  }

  /** Whether a node of this id may be a peer, as far as that is known before it shows its key. */
  boolean mayBePeer(Fingerprint id) {
    return !id.equals(context.identity().id()) && !isRevoked(id);
  }

  private boolean isRevoked(Fingerprint id) {
    return context.revoked().contains(context.identity().network(), id);
  }

  /** Ends what there is with peers whose keys are revoked. */
  void endRevoked() {
    for (Peer peer : peers.snapshot()) {
      if (isRevoked(peer.id())) {
        LOG.warn("session ended peer={} cause={}", peer.name(), CloseCode.REVOKED.text());
        end(peer, CloseCode.REVOKED, "its key is revoked");
      }
    }
  }

  /** A peer has not renewed its membership, and it is over. */
  void handleExpired(Peer peer, Instant end) {
    LOG.warn("session ended peer={} cause=certificate expired at {}", peer.name(), end);
    end(peer, CloseCode.EXPIRED, "its certificate expired at " + end);
  }

  private void end(Peer peer, CloseCode code, String reason) {
    context.membership().count("session_ended", code);
    events.refused(peer, code, reason);
    events.peerChanged(peer, reason);
    peers.remove(peer, code);
  }

  /** Somebody with another key answers at an address that is said to be the peer's. */
  void handleKeyMismatch(Peer peer, InetSocketAddress at) {
    events.alert(
        "key-mismatch",
        "somebody else answers at %s, an address of peer %s: see who has it, it is not tried again"
            .formatted(Addresses.text(at), peer.name()));
  }

  /**
   * A relay knows two hosts with this node's key.
   *
   * @param isSelfFirst whether this host was there before the other one
   */
  void handleDuplicateKey(String relay, boolean isSelfFirst) {
    String text =
        isSelfFirst
            ? "another host showed this host's key to relay %s: revoke it, join again with a token"
            : "relay %s knows another host with this host's key: revoke it, join again with a"
                + " token";
    String line = text.formatted(relay);
    context.membership().count("duplicate_key", isSelfFirst ? Shown.HERE_FIRST : Shown.THERE_FIRST);
    if (context
        .membership()
        .handleProblem(NodeMembership.Problem.DUPLICATE_KEY, line, context.nowNanos())) {
      events.alert("duplicate-key", line);
    }
  }
}
