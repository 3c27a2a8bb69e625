package io.quicmesh.relay;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.quicmesh.relay.core.Meters;
import io.quicmesh.relay.core.Output;
import io.quicmesh.relay.core.Party;
import io.quicmesh.relay.core.Refusal;
import io.quicmesh.relay.core.RelayEvent;
import io.quicmesh.relay.core.RevokedList;
import io.quicmesh.relay.core.Switchboard;
import io.quicmesh.transport.identity.VerifiedPeer;
import io.quicmesh.transport.quic.PathEvent;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.quic.Urgency;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.StreamHeader;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Feeds the switchboard with what connections and streams say, and applies what it decides. Owned
 * by the event loop.
 */
final class RelayLoop {

  /** Who is told of what happens at the relay. */
  interface Observer {

    /** A node or joining host connected. */
    void opened(NodeLink link);

    /** Something came from it. */
    void heard(NodeLink link);

    /** A path of its connection changed. */
    void pathChanged(NodeLink link, PathEvent event);

    /** Its connection has ended. */
    void closed(NodeLink link, String cause);

    /** Something happened that an operator may want to see. */
    void happened(RelayEvent event);

    /** The relay has drained: nobody needs it any more. */
    void drained();
  }

  private final EventLoop loop;
  private final Switchboard switchboard;
  private final Meters meters;
  private final DocumentChecks checks;
  private final Observer observer;
  private final Map<Long, NodeLink> links = new LinkedHashMap<>();
  private final Map<Long, LiveStream> streams = new HashMap<>();
  private final Set<NodeLink> throttled = new LinkedHashSet<>();
  private long numbers;
  private boolean turning;
  private @Nullable ScheduledFuture<?> timer;
  private long timerNanos;
  private boolean stopped;

  RelayLoop(
      EventLoop loop,
      Switchboard switchboard,
      Meters meters,
      DocumentChecks checks,
      Observer observer) {
    this.loop = loop;
    this.switchboard = switchboard;
    this.meters = meters;
    this.checks = checks;
    this.observer = observer;
  }

  long nanoTime() {
    return loop.ticker().nanoTime();
  }

  Meters meters() {
    return meters;
  }

  Switchboard switchboard() {
    return switchboard;
  }

  /** The connections that are up, admitted or not. */
  Collection<NodeLink> links() {
    return links.values();
  }

  @Nullable NodeLink link(long number) {
    return links.get(number);
  }

  /** Bytes that a stream has brought so far. */
  long bytes(long stream) {
    LiveStream live = streams.get(stream);
    return live == null ? 0 : live.bytes();
  }

  /** A peer connected, and its certificate was verified. */
  void handleConnection(QuicConnection connection) {
    VerifiedPeer peer = connection.peer();
    Fingerprint network = peer.network();
    boolean member = peer.kind() == VerifiedPeer.Kind.MEMBER && network != null;
    if (!member && peer.kind() != VerifiedPeer.Kind.JOINER) {
      connection.close(CloseCode.NOT_ALLOWED);
      return;
    }
    NodeLink link =
        new NodeLink(
            ++numbers, connection, member ? Objects.requireNonNull(network) : peer.key(), this);
    links.put(link.number, link);
    observer.opened(link);
    long now = nanoTime();
    switchboard.handleConnected(
        link.number,
        member ? member(link, now) : new Party.Joiner(peer.key()),
        connection.remoteAddress(),
        now);
    turn();
    connection.setListener(link);
  }

  private static Party member(NodeLink link, long nowNanos) {
    VerifiedPeer peer = link.connection.peer();
    return new Party.Node(link.network, peer.key(), nowNanos + nanosUntil(peer.notAfter()));
  }

  private static long nanosUntil(Instant end) {
    // Beyond a hundred years a long of nanoseconds overflows.
    Duration most = Duration.ofDays(36_500);
    Duration left = Duration.between(Instant.now(), end);
    return (left.compareTo(most) < 0 ? left : most).toNanos();
  }

  void handleControl(NodeLink link, ControlMessage message) {
    observer.heard(link);
    if (links.containsKey(link.number)) {
      if (link.inbox.offer(message)) {
        readInbox(link);
      } else {
        switchboard.handleFlood(link.number, nanoTime());
        turn();
      }
    }
  }

  private void readInbox(NodeLink link) {
    long now = nanoTime();
    for (ControlMessage next = link.inbox.poll(now); next != null; next = link.inbox.poll(now)) {
      switchboard.handleMessage(link.number, next, now);
    }
    if (link.inbox.nextDeadlineNanos() == Long.MAX_VALUE) {
      throttled.remove(link);
    } else {
      throttled.add(link);
    }
    turn();
  }

  void handleStream(NodeLink link, StreamHeader header, ReceiveStream stream) {
    LiveStream live = new LiveStream(++numbers, link, stream, this);
    streams.put(live.number, live);
    live.begin();
    switchboard.handleStream(link.number, live.number, header, nanoTime());
    turn();
  }

  void handleStreamEnded(LiveStream stream, @Nullable Refusal refusal) {
    if (streams.remove(stream.number) != null) {
      switchboard.handleStreamEnded(stream.number, refusal, nanoTime());
      turn();
    }
  }

  void handlePath(NodeLink link, PathEvent event) {
    observer.pathChanged(link, event);
    if (event.kind() == PathEvent.Kind.MIGRATED) {
      switchboard.handleMoved(link.number, event.remote());
      turn();
    }
  }

  void handleClosed(NodeLink link, String cause) {
    if (links.remove(link.number) != null) {
      throttled.remove(link);
      switchboard.handleDisconnected(link.number, cause, nanoTime());
      turn();
      meters.release(link.network, link.connection.peer().key());
      observer.closed(link, cause);
    }
  }

  /**
   * Tells the switchboard from whom streams brought something; to be called about once a second.
   */
  void tellHeard() {
    for (NodeLink link : links.values()) {
      if (link.isHeard) {
        link.isHeard = false;
        switchboard.handleHeard(link.number, nanoTime());
      }
    }
  }

  void drain(int graceMillis) {
    switchboard.drain(graceMillis, nanoTime());
    turn();
  }

  /** Applies what the switchboard wants; what follows from that is applied in the same turn. */
  private void turn() {
    if (turning) {
      return;
    }
    turning = true;
    try {
      for (Output next = switchboard.poll(); next != null; next = switchboard.poll()) {
        apply(next);
      }
    } finally {
      turning = false;
    }
    arm();
  }

  private void apply(Output output) {
    if (output instanceof Output.Send send) {
      NodeLink to = links.get(send.connection());
      if (to != null) {
        to.connection.send(send.message());
      }
    } else if (output instanceof Output.Splice splice) {
      apply(splice);
    } else if (output instanceof Output.EndStream end) {
      LiveStream stream = streams.remove(end.stream());
      if (stream != null) {
        stream.end(end.code());
      }
    } else if (output instanceof Output.Close close) {
      NodeLink closing = links.get(close.connection());
      if (closing != null) {
        closing.connection.close(close.code());
      }
    } else if (output instanceof Output.CheckRevocations check) {
      check(check);
    } else if (output instanceof Output.CheckCertificate check) {
      check(check);
    } else if (output instanceof Output.CheckRegistrar check) {
      check(check);
    } else if (output instanceof Output.KeepRevocations keep) {
      checks.keep(keep.network(), keep.signedList());
    } else if (output instanceof Output.Happened happened) {
      observer.happened(happened.event());
    } else if (output instanceof Output.Stop) {
      observer.drained();
    }
  }

  private void apply(Output.Splice wanted) {
    LiveStream stream = streams.get(wanted.stream());
    NodeLink to = links.get(wanted.connection());
    if (stream == null || to == null) {
      switchboard.handleStreamEnded(wanted.stream(), null, nanoTime());
      return;
    }
    int urgency = wanted.urgent() ? Urgency.SESSION_CONTROL : Urgency.DATA;
    stream.splice(to.connection.openStream(wanted.header(), urgency), to, wanted.bytesMax());
  }

  private void check(Output.CheckRevocations wanted) {
    long from = wanted.connection();
    var unused =
        checks
            .revocations(wanted.network(), wanted.signedList())
            .whenCompleteAsync(
                (list, failure) -> handleChecked(from, failure == null ? list : null), loop);
  }

  private void check(Output.CheckCertificate wanted) {
    var unused =
        checks
            .certificate(wanted.network(), wanted.node(), wanted.chain())
            .whenCompleteAsync(
                (end, failure) -> {
                  long now = nanoTime();
                  boolean refused = failure != null || end == null;
                  switchboard.handleRenewed(
                      wanted.connection(), refused ? null : now + nanosUntil(end));
                  turn();
                },
                loop);
  }

  private void check(Output.CheckRegistrar wanted) {
    var unused =
        checks
            .registrar(wanted.claimant(), wanted.claim())
            .whenCompleteAsync(
                (holds, failure) -> {
                  switchboard.handleRegistrar(wanted.connection(), failure == null && holds);
                  turn();
                },
                loop);
  }

  private void handleChecked(long from, @Nullable RevokedList list) {
    switchboard.handleRevocations(from, list, nanoTime());
    turn();
  }

  /** Sets the one timer to the next thing that is due. */
  void arm() {
    long next = Math.min(switchboard.nextDeadlineNanos(), meters.nextDeadlineNanos());
    for (NodeLink link : throttled) {
      next = Math.min(next, link.inbox.nextDeadlineNanos());
    }
    if (!stopped && next != Long.MAX_VALUE && (timer == null || next - timerNanos < 0)) {
      if (timer != null) {
        timer.cancel(false);
      }
      timerNanos = next;
      timer = loop.schedule(this::handleTimer, next - nanoTime(), TimeUnit.NANOSECONDS);
    }
  }

  private void handleTimer() {
    timer = null;
    long now = nanoTime();
    switchboard.handleDeadline(now);
    meters.handleDeadline(now);
    for (NodeLink link : Set.copyOf(throttled)) {
      readInbox(link);
    }
    turn();
  }

  /** Sets no timer any more. */
  void stop() {
    stopped = true;
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
