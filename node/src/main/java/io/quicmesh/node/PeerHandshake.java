package io.quicmesh.node;

import io.quicmesh.transport.identity.EndToEndTls;
import io.quicmesh.transport.identity.MemberVerifier;
import io.quicmesh.transport.identity.MembershipRecord;
import io.quicmesh.transport.identity.PeerRefusedException;
import io.quicmesh.transport.identity.VerifiedPeer;
import io.quicmesh.transport.session.Established;
import io.quicmesh.transport.session.KeyExchange;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.WireException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end-to-end handshakes with one peer: who it has proven to be, and what it told about itself.
 * Loop-owned.
 */
final class PeerHandshake {

  /** The version of what nodes say to each other inside a session. */
  static final int PROTOCOL_VERSION = 1;

  /** The oldest version that this node speaks; a newer node is expected to speak this one's. */
  private static final int PROTOCOL_VERSION_MIN = 1;

  private static final Logger LOG = LoggerFactory.getLogger(PeerHandshake.class);

  private final NodeContext context;
  private final Fingerprint peer;
  private @Nullable VerifiedPeer verified;
  private @Nullable MembershipRecord record;
  private @Nullable Established greeting;

  PeerHandshake(NodeContext context, Fingerprint peer) {
    this.context = context;
    this.peer = peer;
  }

  KeyExchange begin(boolean client, KeyExchange.Listener listener) {
    MemberVerifier verifier =
        MemberVerifier.ofNetwork(context.identity().network(), context.revoked(), context.clock())
            .expecting(peer);
    EndToEndTls.Settings settings =
        new EndToEndTls.Settings(context.identity().transport(), verifier);
    return new SessionKeyExchange(
        listener,
        proven -> verified = proven,
        events ->
            client
                ? context.tls().client(settings, context.loop(), events)
                : context.tls().server(settings, context.loop(), events));
  }

  /**
   * Takes what the peer told.
   *
   * @return why it is not acceptable, or null if it is
   */
  @Nullable String handleGreeting(byte[] bytes) {
    VerifiedPeer proven = verified;
    if (proven == null) {
      return "a greeting before the peer was verified";
    }
    try {
      Established told = Established.decode(bytes);
      String tooOld = refusalOf(told.version());
      if (tooOld != null) {
        return tooOld;
      }
      MembershipRecord shown =
          MembershipRecord.open(told.membershipRecord().toBytes(), context.identity().network());
      shown.check(proven, context.clock().instant());
      greeting = told;
      record = shown;
      return null;
    } catch (WireException | PeerRefusedException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Why a version is not spoken here, or null. */
  static @Nullable String refusalOf(int version) {
    return version >= PROTOCOL_VERSION_MIN
        ? null
        : "the peer speaks protocol version "
            + version
            + ", this node from "
            + PROTOCOL_VERSION_MIN
            + " on: update the peer";
  }

  /**
   * Takes a renewed membership record. It is about the key that the session was made with, so it
   * needs no new handshake.
   */
  void handleRenewed(Opaque signed) {
    VerifiedPeer proven = verified;
    try {
      MembershipRecord shown =
          MembershipRecord.open(signed.toBytes(), context.identity().network());
      if (proven != null) {
        shown.check(proven, context.clock().instant());
        record = shown;
      }
    } catch (WireException | PeerRefusedException e) {
      LOG.warn("membership not renewed peer={} reason={}", name(), e.getMessage());
      context.membership().count("session_failed", CloseCode.NOT_ALLOWED);
    }
  }

  /** When the last thing that the CA said about the peer ends; null before it is known. */
  @Nullable Instant membershipEnd() {
    if (verified == null || record == null) {
      return null;
    }
    Instant renewed = record.validity().notAfter();
    return renewed.isAfter(verified.notAfter()) ? renewed : verified.notAfter();
  }

  /** What the peer told last; null before its first greeting. */
  @Nullable Established greeting() {
    return greeting;
  }

  @Nullable MembershipRecord membership() {
    return record;
  }

  /** The peer's name, or the beginning of its id until it has told its name. */
  String name() {
    return record == null ? peer.shortText() : record.name();
  }
}
