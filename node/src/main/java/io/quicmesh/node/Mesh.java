package io.quicmesh.node;

import io.netty.buffer.ByteBuf;
import io.quicmesh.migration.HandoverReport;
import io.quicmesh.migration.HandoverStep;
import io.quicmesh.node.switching.FrameSwitch;
import io.quicmesh.tap.FramePort;
import io.quicmesh.tap.TapException;
import io.quicmesh.tap.TapListener;
import io.quicmesh.tap.frame.FlowHash;
import io.quicmesh.tap.frame.VirtioNetHeader;
import io.quicmesh.transport.carrier.Addresses;
import io.quicmesh.transport.carrier.CircuitCarrier;
import io.quicmesh.transport.carrier.DirectCarrier;
import io.quicmesh.transport.carrier.RelayClient;
import io.quicmesh.transport.quic.PathEvent;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.session.Established;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.wire.Capability;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.StreamHeader;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segment as this host takes part in it: frames of the TAP device go through the switch to the
 * sessions of peers, frames of peers through the switch to the TAP device. Loop-owned.
 */
final class Mesh implements TapListener, Peer.Host, Relays.Host {

  private static final Logger LOG = LoggerFactory.getLogger(Mesh.class);

  private static final long SWEEP_SECONDS = 30;

  /** A relay tells of a move about so long after it. */
  private static final long OBSERVED_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final NodeContext context;
  private final FramePort tap;
  private final NodeEvents events;
  private final FrameSwitch frameSwitch;
  private final Intake intake = new Intake();
  private final Map<Fingerprint, Peer> peers = new LinkedHashMap<>();
  private @Nullable Peer[] byPort = new Peer[16];
  private final List<Peer> touched = new ArrayList<>();
  private @Nullable Relays relays;
  private Supplier<List<InetSocketAddress>> candidates = List::of;
  private Runnable silences = () -> {};
  private @Nullable Opaque revocations;
  private long batchNanos;
  private long pausedUntilNanos;
  private long noPeerDrops;

  Mesh(NodeContext context, FramePort tap, NodeEvents events) {
    this.context = context;
    this.tap = tap;
    this.events = events;
    this.frameSwitch = new FrameSwitch(context.settings().switching());
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

  /** Sets where this node's own addresses are found. */
  void setCandidates(Supplier<List<InetSocketAddress>> source) {
    candidates = source;
  }

  // Frames of this host.

  @Override
  public void frame(ByteBuf batch, int offset, int lengthBytes) {
    if (batchNanos == 0) {
      batchNanos = context.nowNanos();
    }
    int start = offset + VirtioNetHeader.BYTES;
    int length = lengthBytes - VirtioNetHeader.BYTES;
    int to = frameSwitch.route(batch, start, length, FrameSwitch.LOCAL, batchNanos);
    if (to == FrameSwitch.DROP) {
      return;
    }
    int flowHash = FlowHash.of(batch, start, length);
    if (to == FrameSwitch.FLOOD) {
      flood(batch, offset, lengthBytes, flowHash);
    } else {
      Peer peer = byPort[to];
      if (peer != null) {
        send(peer, batch, offset, lengthBytes, flowHash);
      }
    }
  }

  private void flood(ByteBuf batch, int offset, int lengthBytes, int flowHash) {
    boolean sent = false;
    for (Peer peer : peers.values()) {
      if (peer.isReachable()) {
        sent = true;
        send(peer, batch, offset, lengthBytes, flowHash);
      }
    }
    if (!sent) {
      noPeerDrops++;
    }
  }

  private void send(Peer peer, ByteBuf batch, int offset, int lengthBytes, int flowHash) {
    if (peer.offer(batch, offset, lengthBytes, flowHash)) {
      intake.handleAccepted(peer.port(), batchNanos);
      if (!touched.contains(peer)) {
        touched.add(peer);
      }
      return;
    }
    long pauseNanos = intake.handleFull(peer.port(), batchNanos);
    if (pauseNanos > 0 && !tap.isReadingPaused()) {
      pausedUntilNanos = batchNanos + pauseNanos;
      tap.pauseReading();
      var unused = context.loop().schedule(this::resumeReading, pauseNanos, TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void batchComplete() {
    for (int i = 0; i < touched.size(); i++) {
      touched.get(i).flush();
    }
    touched.clear();
    batchNanos = 0;
  }

  @Override
  public void drained(Peer peer) {
    intake.handleDrained(peer.port());
    if (tap.isReadingPaused()) {
      tap.resumeReading();
    }
  }

  private void resumeReading() {
    if (tap.isReadingPaused() && context.nowNanos() - pausedUntilNanos >= 0) {
      tap.resumeReading();
    }
  }

  @Override
  public void vanished(TapException cause) {
    events.fatal(String.valueOf(cause.getMessage()));
  }

  // Frames of peers.

  @Override
  public void frameFrom(Peer peer, ByteBuf frame) {
    int start = frame.readerIndex();
    int length = frame.readableBytes();
    long now = batchNanos == 0 ? context.nowNanos() : batchNanos;
    int to =
        frameSwitch.route(
            frame, start + VirtioNetHeader.BYTES, length - VirtioNetHeader.BYTES, peer.port(), now);
    if (to != FrameSwitch.DROP) {
      tap.write(frame, start, length);
    }
  }

  @Override
  public void framesDone() {}

  // Peers.

  private Peer peer(Fingerprint id) {
    Peer known = peers.get(id);
    if (known == null) {
      int port = freePort();
      known = new Peer(id, port, context, this);
      peers.put(id, known);
      byPort[port] = known;
      frameSwitch.addPeer(port, context.nowNanos());
    }
    return known;
  }

  private int freePort() {
    for (int port = 1; port < byPort.length; port++) {
      if (byPort[port] == null) {
        return port;
      }
    }
    byPort = Arrays.copyOf(byPort, byPort.length * 2);
    return byPort.length / 2;
  }

  private void sweep() {
    long now = context.nowNanos();
    frameSwitch.sweep(now);
    for (Peer peer : List.copyOf(peers.values())) {
      if (peer.isForgettable()) {
        remove(peer);
      }
    }
  }

  /** Whether a direct connection to some peer runs to this address. */
  boolean hasDirect(InetSocketAddress remote) {
    for (Peer peer : peers.values()) {
      for (CarrierEntry entry : peer.carriers().entries()) {
        if (entry.carrier() instanceof DirectCarrier direct
            && direct.connection().remoteAddress().equals(remote)) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean isRevoked(Fingerprint id) {
    return context.revoked().contains(context.identity().network(), id);
  }

  /** Ends what there is with peers whose keys are revoked. */
  void endRevoked() {
    for (Peer peer : List.copyOf(peers.values())) {
      if (context.revoked().contains(context.identity().network(), peer.id())) {
        LOG.warn("session ended peer={} cause={}", peer.name(), CloseCode.REVOKED.text());
        end(peer, CloseCode.REVOKED, "its key is revoked");
      }
    }
  }

  @Override
  public void refused(Peer peer, CloseCode code, String reason) {
    events.refused(peer, code, reason);
  }

  @Override
  public void keyMismatch(Peer peer, InetSocketAddress at) {
    events.alert(
        "key-mismatch",
        "somebody else answers at %s, an address of peer %s: see who has it, it is not tried again"
            .formatted(Addresses.text(at), peer.name()));
  }

  @Override
  public void expired(Peer peer, Instant end) {
    LOG.warn("session ended peer={} cause=certificate expired at {}", peer.name(), end);
    end(peer, CloseCode.EXPIRED, "its certificate expired at " + end);
  }

  private void end(Peer peer, CloseCode code, String reason) {
    context.membership().count("session_ended", code);
    events.refused(peer, code, reason);
    events.peerChanged(peer, reason);
    remove(peer, code);
  }

  /** This node's membership was renewed: peers with sessions hear of it. */
  void tellRenewed() {
    List.copyOf(peers.values())
        .forEach(peer -> peer.tellRenewed(context.identity().membershipRecord()));
  }

  /** Hands the newest list of revoked keys to peers, now and whenever a session begins. */
  void announceRevocations(Opaque signedList) {
    revocations = signedList;
    List.copyOf(peers.values()).forEach(peer -> peer.tellRevocations(signedList));
  }

  @Override
  public @Nullable Opaque revocations() {
    return revocations;
  }

  private void remove(Peer peer) {
    remove(peer, CloseCode.SHUTTING_DOWN);
  }

  private void remove(Peer peer, CloseCode code) {
    peers.remove(peer.id());
    byPort[peer.port()] = null;
    frameSwitch.removePeer(peer.port(), context.nowNanos());
    peer.close(code);
  }

  /** A verified member connected directly. */
  void accept(QuicConnection connection) {
    Fingerprint id = connection.peer().key();
    if (id.equals(context.identity().id()) || !context.settings().direct()) {
      connection.close(CloseCode.NOT_ALLOWED);
      return;
    }
    peer(id).addDirect(connection);
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

  // Relays.

  @Override
  public void presence(RelayClient relay, ControlMessage.Presence presence) {
    if (presence.peer().equals(context.identity().id()) || isRevoked(presence.peer())) {
      return;
    }
    if (presence.up() || peers.containsKey(presence.peer())) {
      peer(presence.peer()).handlePresence(relay, presence);
    }
  }

  @Override
  public void circuitOpened(RelayClient relay, Fingerprint peer, CircuitCarrier circuit) {
    if (peer.equals(context.identity().id()) || isRevoked(peer)) {
      circuit.close(CloseCode.NOT_ALLOWED);
    } else {
      peer(peer).addCircuit(circuit);
    }
  }

  @Override
  public void joinOpened(RelayClient relay, StreamHeader.Join header, ReceiveStream stream) {
    events.joinOpened(relay, header, stream);
  }

  @Override
  public void relayUp(RelayClient relay) {
    events.connectionUp(relay.connection(), relay.name());
    events.relayChanged(relay.name(), "up", null);
  }

  @Override
  public void relayDown(RelayClient relay, String cause) {
    peers.values().forEach(peer -> peer.handleRelayDown(relay));
    events.connectionDown(relay.connection(), cause);
    events.relayChanged(relay.name(), "down", cause);
  }

  @Override
  public void relayDraining(RelayClient relay) {
    LOG.info("relay will stop, leaving it relay={}", relay.name());
    List.copyOf(peers.values()).forEach(peer -> peer.handleDraining(relay));
  }

  @Override
  public void relayEchoed(RelayClient relay, long sentNanos) {
    events.echoed(relay.connection(), sentNanos);
  }

  @Override
  public void relayPathChanged(RelayClient relay, PathEvent event) {
    events.pathChanged(relay.connection(), event);
  }

  @Override
  public void revocations(byte[] signedList) {
    events.revocations(signedList);
  }

  @Override
  public void duplicateKey(String relay, boolean isSelfFirst) {
    String text =
        isSelfFirst
            ? "another host showed this host's key to relay %s: revoke it, join again with a token"
            : "relay %s knows another host with this host's key: revoke it, join again with a token";
    String line = text.formatted(relay);
    context.membership().count("duplicate_key", isSelfFirst ? Shown.HERE_FIRST : Shown.THERE_FIRST);
    if (context
        .membership()
        .handleProblem(NodeMembership.Problem.DUPLICATE_KEY, line, context.nowNanos())) {
      events.alert("duplicate-key", line);
    }
  }

  /** Which of two hosts with one key was there first. */
  private enum Shown {
    HERE_FIRST,
    THERE_FIRST
  }

  @Override
  public void firstAttemptOver() {
    events.firstRelayAttemptOver();
  }

  void handleNetworkChanged() {
    List.copyOf(peers.values()).forEach(Peer::handleNetworkChanged);
  }

  /** The path of a connection is another one since this time. */
  void handleMigrated(QuicConnection connection, long sinceNanos) {
    List.copyOf(peers.values()).forEach(peer -> peer.handleMigrated(connection, sinceNanos));
  }

  @Override
  public void relayObserved(RelayClient relay) {
    handleMigrated(relay.connection(), context.nowNanos() - OBSERVED_DELAY_NANOS);
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
    List.copyOf(peers.values()).forEach(this::remove);
  }

  // Facts.

  Collection<Peer> peers() {
    return peers.values();
  }

  @Nullable Peer find(String nameOrId) {
    for (Peer peer : peers.values()) {
      if (peer.name().equals(nameOrId) || peer.id().toString().startsWith(nameOrId)) {
        return peer;
      }
    }
    return null;
  }

  FrameSwitch frameSwitch() {
    return frameSwitch;
  }

  /** Frames that were to be flooded when no peer was there. */
  long noPeerDrops() {
    return noPeerDrops;
  }
}
