package io.quicmesh.node;

import io.netty.buffer.ByteBuf;
import io.quicmesh.migration.HandoverReport;
import io.quicmesh.migration.HandoverStep;
import io.quicmesh.node.switching.FrameSwitch;
import io.quicmesh.tap.FramePort;
import io.quicmesh.transport.carrier.DirectCarrier;
import io.quicmesh.transport.carrier.RelayClient;
import io.quicmesh.transport.quic.PathEvent;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.session.Established;
import io.quicmesh.transport.wire.Capability;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The segment as this host takes part in it: the peers, and what they tell. Loop-owned.
 *
 * <p>{@link FrameForwarder} carries frames between the TAP device and {@link PeerTable peers},
 * {@link MembershipGuard} keeps out who is no member, {@link RelayNews} takes what relays tell.
 */
final class Mesh implements Peer.Host {

  private static final long SWEEP_SECONDS = 30;

  private final NodeContext context;
  private final NodeEvents events;
  private final FrameSwitch frameSwitch;
  private final PeerTable peers;
  private final FrameForwarder frames;
  private final MembershipGuard guard;
  private final RelayNews relayNews;
  private @Nullable Relays relays;
  private Supplier<List<InetSocketAddress>> candidates = List::of;
  private Runnable silences = () -> {};
  private @Nullable Opaque revocations;

  Mesh(NodeContext context, FramePort tap, NodeEvents events) {
    this.context = context;
    this.events = events;
    this.frameSwitch = new FrameSwitch(context.settings().switching());
    this.peers = new PeerTable(context, frameSwitch, this);
    this.frames = new FrameForwarder(context, tap, frameSwitch, peers, events::fatal);
    this.guard = new MembershipGuard(context, peers, events);
    this.relayNews = new RelayNews(context, peers, guard, events);
    var unused =
        context
            .loop()
            .scheduleAtFixedRate(this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
  }

  void setRelays(Relays of) {
    relays = of;
  }

  /** Sets who hears that nothing comes back from a peer. */
  void setSilenceListener(Runnable listener) {
    silences = listener;
  }

  /** Sets where this node's own addresses are found. */
  void setCandidates(Supplier<List<InetSocketAddress>> source) {
    candidates = source;
  }

  /** Takes what relays tell. */
  RelayNews relayNews() {
    return relayNews;
  }

  // Frames.

  /** The way of frames from and to the TAP device. */
  FrameForwarder frames() {
    return frames;
  }

  @Override
  public void frameFrom(Peer peer, ByteBuf frame) {
    frames.deliver(peer, frame);
  }

  @Override
  public void drained(Peer peer) {
    frames.handleDrained(peer);
  }

  @Override
  public void framesDone() {}

  // Peers.

  private void sweep() {
    long now = context.nowNanos();
    frameSwitch.sweep(now);
    for (Peer peer : peers.snapshot()) {
      if (peer.isForgettable()) {
        peers.remove(peer, CloseCode.SHUTTING_DOWN);
      }
    }
  }

  /** Whether a direct connection to some peer runs to this address. */
  boolean hasDirect(InetSocketAddress remote) {
    for (Peer peer : peers.all()) {
      for (CarrierEntry entry : peer.carriers().entries()) {
        if (entry.carrier() instanceof DirectCarrier direct
            && direct.connection().remoteAddress().equals(remote)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Ends what there is with peers whose keys are revoked. */
  void endRevoked() {
    guard.endRevoked();
  }

  @Override
  public void refused(Peer peer, CloseCode code, String reason) {
    events.refused(peer, code, reason);
  }

  @Override
  public void keyMismatch(Peer peer, InetSocketAddress at) {
    guard.handleKeyMismatch(peer, at);
  }

  @Override
  public void expired(Peer peer, Instant end) {
    guard.handleExpired(peer, end);
  }

  /** This node's membership was renewed: peers with sessions hear of it. */
  void tellRenewed() {
    peers.snapshot().forEach(peer -> peer.tellRenewed(context.identity().membershipRecord()));
  }

  /** Hands the newest list of revoked keys to peers, now and whenever a session begins. */
  void announceRevocations(Opaque signedList) {
    revocations = signedList;
    peers.snapshot().forEach(peer -> peer.tellRevocations(signedList));
  }

  @Override
  public @Nullable Opaque revocations() {
    return revocations;
  }

  /** A verified member connected directly. */
  void accept(QuicConnection connection) {
    Fingerprint id = connection.peer().key();
    if (id.equals(context.identity().id()) || !context.settings().direct()) {
      connection.close(CloseCode.NOT_ALLOWED);
      return;
    }
    peers.getOrAdd(id).addDirect(connection);
  }

  @Override
  public byte[] greeting() {
    Relays known = relays;
    return new Established(
            PeerHandshake.PROTOCOL_VERSION,
            context.settings().direct() ? Capability.DIRECT : 0,
            context.bootId(),
            context.mtuBytes(),
            (int) TimeUnit.NANOSECONDS.toMillis(context.settings().health().idleIntervalNanos()),
            context.settings().keys().rotationSeconds(),
            known == null ? null : known.observed(),
            candidates.get(),
            context.identity().membershipRecord())
        .encode();
  }

  // What peers tell.

  @Override
  public void changed(Peer peer, String reason) {
    events.peerChanged(peer, reason);
  }

  @Override
  public void stepped(Peer peer, HandoverStep step) {
    events.handoverStepped(peer, step);
  }

  @Override
  public void reported(Peer peer, HandoverReport report) {
    events.handoverEnded(peer, report);
  }

  @Override
  public void directUp(Peer peer, QuicConnection connection) {
    events.connectionUp(connection, peer.name());
  }

  @Override
  public void directDown(Peer peer, QuicConnection connection, String cause) {
    events.connectionDown(connection, cause);
  }

  @Override
  public void echoed(QuicConnection connection, long sentNanos) {
    events.echoed(connection, sentNanos);
  }

  @Override
  public void heard(QuicConnection connection, int records) {
    events.heard(connection, records);
  }

  @Override
  public void pathChanged(QuicConnection connection, PathEvent event) {
    events.pathChanged(connection, event);
  }

  /** The peer hands on a list of revoked keys. */
  @Override
  public void revocations(byte[] signedList) {
    events.revocations(signedList);
  }

  // The network under it.

  @Override
  public void silent(Peer peer) {
    silences.run();
  }

  @Override
  public void carriesSmallPacketsOnly(RelayClient relay) {
    Relays known = relays;
    if (known != null) {
      known.reconnect(relay.connection());
    }
  }

  void handleNetworkChanged() {
    peers.snapshot().forEach(Peer::handleNetworkChanged);
  }

  /** The path of a connection is another one since this time. */
  void handleMigrated(QuicConnection connection, long sinceNanos) {
    peers.snapshot().forEach(peer -> peer.handleMigrated(connection, sinceNanos));
  }

  /** Replaces a direct connection by a new one. */
  void renew(QuicConnection connection) {
    Peer peer = peers.get(connection.peer().key());
    if (peer != null) {
      peer.renew(connection);
    }
  }

  /** This node's end of a connection moved, which the peer dialled: QUIC cannot follow that. */
  void handleServerMoved(QuicConnection connection) {
    Peer peer = peers.get(connection.peer().key());
    if (peer != null) {
      peer.handleServerMoved(connection);
    }
  }

  void close() {
    peers.snapshot().forEach(peer -> peers.remove(peer, CloseCode.SHUTTING_DOWN));
  }

  // Facts.

  Collection<Peer> peers() {
    return peers.all();
  }

  @Nullable Peer find(String nameOrId) {
    return peers.find(nameOrId);
  }

  FrameSwitch frameSwitch() {
    return frameSwitch;
  }
}
