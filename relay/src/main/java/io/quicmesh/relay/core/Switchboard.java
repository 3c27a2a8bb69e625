package io.quicmesh.relay.core;

import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.StreamHeader;
import java.net.InetSocketAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All decisions of a relay: facts about connections and streams in, {@link Output}s out. The shell
 * gives every connection and every received stream a number that it never uses again, and after
 * each fact applies what {@link #poll} returns until that is null.
 *
 * <p>Nothing that a node sends makes it throw: what is not allowed is refused and counted. Facts
 * about unknown connections and streams are ignored, so the shell may report an end twice. Owned by
 * the event loop.
 */
public final class Switchboard {

  private final Outbox outbox = new Outbox();
  private final Deadlines deadlines = new Deadlines();
  private final Networks networks;
  private final Circuits circuits;
  private final Joins joins;
  private final Roster roster;
  private final Announcer announcer;
  private final Proofs proofs;
  private boolean draining;
  private boolean stopping;

  /**
   * Nothing is connected yet.
   *
   * @param allowed ids of the networks that may use the relay, or null for any
   */
  public Switchboard(RelayLimits limits, @Nullable Set<Fingerprint> allowed, Greeting greeting) {
    Means means = new Means(limits, deadlines, outbox);
    this.networks = new Networks(allowed, limits.connections().networksMax());
    this.circuits = new Circuits(means);
    this.joins = new Joins(means, networks);
    this.announcer = new Announcer(outbox, greeting);
    this.roster = new Roster(means, networks, this::handleGone, announcer);
    this.proofs = new Proofs(outbox, networks, roster, announcer);
  }

  /** The next thing to do, or null. */
  public @Nullable Output poll() {
    return outbox.poll();
  }

  /** When {@link #handleDeadline} is due, or {@link Long#MAX_VALUE}. */
  public long nextDeadlineNanos() {
    return deadlines.nextNanos();
  }

  /** Time has passed. */
  public void handleDeadline(long nowNanos) {
    deadlines.run(nowNanos);
  }

  /** A handshake is done, and the peer has proven who it is. */
  public void handleConnected(
      long connection, Party party, InetSocketAddress observed, long nowNanos) {
    if (draining) {
      outbox.count(Refusal.DRAINING);
      outbox.add(new Output.Close(connection, CloseCode.SHUTTING_DOWN));
    } else if (party instanceof Party.Node node) {
      roster.handleConnected(connection, node, observed, nowNanos);
    } else if (party instanceof Party.Joiner joiner) {
      joins.handleConnected(connection, joiner, observed, nowNanos);
    }
  }

  /** A message came on the control stream of a connection. */
  public void handleMessage(long connection, ControlMessage message, long nowNanos) {
    NodeConnection from = roster.find(connection);
    if (from != null) {
      from.heardNanos = nowNanos;
    }
    if (message instanceof ControlMessage.Ping ping) {
      if (from != null || joins.isJoiner(connection)) {
        outbox.send(connection, new ControlMessage.Pong(ping.number()));
      }
    } else if (from == null) {
      outbox.count(Refusal.UNEXPECTED_MESSAGE);
    } else if (message instanceof ControlMessage.Hello hello) {
      roster.handleHello(from, hello, nowNanos);
      stopIfDrained();
    } else if (!from.isAdmitted()) {
      outbox.count(Refusal.NOT_ADMITTED);
    } else if (message instanceof ControlMessage.Pong pong) {
      roster.handlePong(from, pong.number(), nowNanos);
    } else if (message instanceof ControlMessage.CircuitClosed closed) {
      circuits.handleClosed(from, closed);
    } else if (!proofs.handleMessage(from, message)) {
      outbox.count(Refusal.UNEXPECTED_MESSAGE);
    }
  }

  /** Streams of a connection brought something lately. */
  public void handleHeard(long connection, long nowNanos) {
    NodeConnection from = roster.find(connection);
    if (from != null) {
      from.heardNanos = nowNanos;
    }
  }

  /** A peer sends more messages than its inbox holds. */
  public void handleFlood(long connection, long nowNanos) {
    NodeConnection from = roster.find(connection);
    if (from != null) {
      roster.refuse(from, Refusal.CONTROL_FLOOD, CloseCode.QUOTA, nowNanos);
    } else if (joins.isJoiner(connection)) {
      outbox.count(Refusal.CONTROL_FLOOD);
      joins.handleGone(connection, nowNanos);
      outbox.add(new Output.Close(connection, CloseCode.QUOTA));
    }
    stopIfDrained();
  }

  /** A peer opened a stream, and this is its header. */
  public void handleStream(long connection, long stream, StreamHeader header, long nowNanos) {
    NodeConnection from = roster.find(connection);
    if (from == null && header instanceof StreamHeader.Join join && joins.isJoiner(connection)) {
      joins.handleStream(connection, stream, join, nowNanos);
    } else if (from == null || !from.isAdmitted()) {
      outbox.count(Refusal.NOT_ADMITTED);
      outbox.endStream(stream, CloseCode.NOT_ALLOWED);
    } else if (header instanceof StreamHeader.Circuit circuit) {
      circuits.handleStream(from, stream, circuit, nowNanos);
    } else if (header instanceof StreamHeader.Join join) {
      joins.handleStream(from, stream, join, nowNanos);
    } else {
      outbox.count(Refusal.UNEXPECTED_STREAM);
      outbox.endStream(stream, CloseCode.PROTOCOL);
    }
  }

  /**
   * A spliced stream has ended, and nothing that it brought waits any more.
   *
   * @param refusal why the splice was ended by its own limits, if it was
   */
  public void handleStreamEnded(long stream, @Nullable Refusal refusal, long nowNanos) {
    if (refusal != null) {
      outbox.count(refusal);
    }
    circuits.handleStreamEnded(stream);
    joins.handleStreamEnded(stream, nowNanos);
  }

  /** The peer of a connection is seen at this underlay address, after a validated migration. */
  public void handleMoved(long connection, InetSocketAddress observed) {
    NodeConnection from = roster.find(connection);
    if (from != null) {
      roster.handleMoved(from, observed);
    }
  }

  /** A connection has ended; its streams need no report of their own. */
  public void handleDisconnected(long connection, String cause, long nowNanos) {
    NodeConnection from = roster.find(connection);
    if (from != null) {
      roster.handleDisconnected(from, cause, nowNanos);
    } else {
      joins.handleGone(connection, nowNanos);
    }
    stopIfDrained();
  }

  /**
   * The answer to {@link Output.CheckRevocations}.
   *
   * @param connection the one that the list came on
   * @param revoked what the list says, or null if its signature does not hold
   */
  public void handleRevocations(long connection, @Nullable RevokedList revoked, long nowNanos) {
    NodeConnection from = roster.find(connection);
    if (from == null) {
      return;
    }
    proofs.handleRevocations(from, revoked, nowNanos);
    stopIfDrained();
  }

  /**
   * The answer to {@link Output.CheckCertificate}.
   *
   * @param expiresAtNanos when the node's certificate expires now, or null if it is none
   */
  public void handleRenewed(long connection, @Nullable Long expiresAtNanos) {
    NodeConnection from = roster.find(connection);
    if (from != null) {
      proofs.handleRenewed(from, expiresAtNanos);
    }
  }

  /** The answer to {@link Output.CheckRegistrar}. */
  public void handleRegistrar(long connection, boolean proven) {
    NodeConnection from = roster.find(connection);
    if (from != null) {
      proofs.handleRegistrar(from, proven);
    }
  }

  /** Takes a list of revoked keys from an earlier run of the relay, its signature checked. */
  public void restore(Fingerprint network, RevokedList revoked) {
    proofs.restore(network, revoked);
  }

  /** Tells every node to move elsewhere, refuses what is new, and stops when all have left. */
  public void drain(int graceMillis, long nowNanos) {
    if (draining) {
      return;
    }
    draining = true;
    circuits.drain();
    for (Network network : networks.all()) {
      announcer.tellAll(network, new ControlMessage.Drain(graceMillis));
    }
    deadlines.add(nowNanos + graceMillis * 1_000_000L, now -> stop());
    stopIfDrained();
  }

  /** What is here at this moment. */
  public RelaySnapshot snapshot() {
    return new SnapshotTaker(networks, circuits, outbox).take(draining);
  }

  /** How many deadlines are set. */
  int deadlines() {
    return deadlines.size();
  }

  private void handleGone(@Nullable Node node, NodeConnection connection, long nowNanos) {
    joins.handleGone(connection.number, nowNanos);
    if (node != null) {
      circuits.handleGone(node, connection);
    }
  }

  private void stopIfDrained() {
    if (draining && roster.connections().isEmpty()) {
      stop();
    }
  }

  private void stop() {
    if (!stopping) {
      stopping = true;
      outbox.add(new Output.Stop());
    }
  }
}
