package io.quicmesh.relay.core;

import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage.CircuitClosed;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.StreamHeader;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Splices hosts that join, and members that renew, to the registrar of one network: one stream each
 * way, few bytes, a short time. A stranger learns nothing here but whether a registrar answers.
 */
final class Joins {

  private final Means means;
  private final RelayLimits.Joins limits;
  private final Networks networks;
  private final JoinSources sources;
  private final Map<Long, Joiner> joiners = new LinkedHashMap<>();
  private final Map<Join.Key, Join> joins = new LinkedHashMap<>();
  private final Map<Long, Join> byStream = new HashMap<>();

  /** A connection of a host that is no member. */
  private record Joiner(Join.Host host, InetSocketAddress observed, Deadlines.Entry deadline) {}

  Joins(Means means, Networks networks) {
    this.means = means;
    this.limits = means.limits().joins();
    this.networks = networks;
    this.sources = new JoinSources(limits);
  }

  /** A host that is no member connected. */
  void handleConnected(
      long connection, Party.Joiner party, InetSocketAddress observed, long nowNanos) {
    String source = JoinSources.of(observed);
    if (joiners.size() >= limits.totalMax() || !sources.acquire(source, nowNanos)) {
      means.outbox().count(Refusal.JOIN_QUOTA);
      means.outbox().add(new Output.Close(connection, CloseCode.QUOTA));
      return;
    }
    Deadlines.Entry deadline =
        means
            .deadlines()
            .add(
                nowNanos + means.limits().times().joinNanos(),
                now -> handleJoinerTimedOut(connection, now));
    joiners.put(
        connection, new Joiner(new Join.Host(connection, party.key(), source), observed, deadline));
  }

  /** Whether this connection belongs to a host that is no member. */
  boolean isJoiner(long connection) {
    return joiners.containsKey(connection);
  }

  /** A host that is no member opened a stream. */
  void handleStream(long connection, long stream, StreamHeader.Join header, long nowNanos) {
    Joiner joiner = joiners.get(connection);
    if (joiner != null) {
      request(joiner.host(), joiner.observed(), header, stream, nowNanos);
    }
  }

  /** A member opened a stream: to the registrar, or as the registrar that answers. */
  void handleStream(NodeConnection from, long stream, StreamHeader.Join header, long nowNanos) {
    Join join = joins.get(new Join.Key(from.network.id, header.party(), header.nonce()));
    if (join != null && join.registrar == from && !join.isAnswered()) {
      answer(join, stream);
    } else if (header.party().equals(from.network.id) && from.network.registrar() != from) {
      Join.Host host = new Join.Host(from.number, from.id, from.id.toString());
      if (sources.acquire(host.source(), nowNanos)) {
        if (!request(host, from.observed, header, stream, nowNanos)) {
          sources.release(host.source(), nowNanos);
        }
      } else {
        refuse(host, header, stream, Refusal.JOIN_QUOTA, CloseCode.QUOTA);
      }
    } else {
      means.outbox().count(Refusal.JOIN_NOT_ALLOWED);
      means.outbox().endStream(stream, CloseCode.NOT_ALLOWED);
    }
  }

  /** A spliced stream ended. */
  void handleStreamEnded(long stream, long nowNanos) {
    Join join = byStream.remove(stream);
    if (join != null && join.handleStreamEnded(stream)) {
      forget(join, nowNanos);
    }
  }

  /** A connection ended, of whatever kind. */
  void handleGone(long connection, long nowNanos) {
    for (Join join : List.copyOf(joins.values())) {
      if (join.host.connection() == connection) {
        end(join, CloseCode.PEER_GONE, nowNanos);
      } else if (join.registrar.number == connection) {
        end(join, CloseCode.PEER_GONE, nowNanos);
        tell(join.host, join.key.network(), join.key.nonce(), CloseCode.PEER_GONE);
      }
    }
    Joiner joiner = joiners.remove(connection);
    if (joiner != null) {
      means.deadlines().cancel(joiner.deadline());
      sources.release(joiner.host().source(), nowNanos);
    }
  }

  /** How many joins are under way. */
  int active() {
    return joins.size();
  }

  private boolean request(
      Join.Host host,
      InetSocketAddress observed,
      StreamHeader.Join header,
      long stream,
      long nowNanos) {
    Join.Key key = new Join.Key(header.party(), host.key(), header.nonce());
    Network network = networks.find(header.party());
    NodeConnection registrar = network == null ? null : network.registrar();
    if (registrar == null) {
      refuse(host, header, stream, Refusal.JOIN_NO_REGISTRAR, CloseCode.PEER_OFFLINE);
      return false;
    }
    if (joins.size() >= limits.totalMax()
        || joins.containsKey(key)
        || count(registrar, host) >= limits.perNetworkMax()) {
      refuse(host, header, stream, Refusal.JOIN_QUOTA, CloseCode.QUOTA);
      return false;
    }
    Join join = new Join(key, host, registrar, stream);
    joins.put(key, join);
    byStream.put(stream, join);
    join.deadline =
        means
            .deadlines()
            .add(nowNanos + means.limits().times().joinNanos(), now -> handleTimedOut(join, now));
    splice(stream, registrar.number, new StreamHeader.Join(host.key(), header.nonce()));
    means
        .outbox()
        .add(
            new Output.Happened(
                new RelayEvent(
                    RelayEvent.Kind.JOIN, header.party(), host.key(), observed, "asked")));
    return true;
  }

  /** A host has one join at a time; a registrar a few. */
  private int count(NodeConnection registrar, Join.Host host) {
    int count = 0;
    for (Join join : joins.values()) {
      if (join.host.connection() == host.connection()) {
        return Integer.MAX_VALUE;
      }
      if (join.registrar == registrar) {
        count++;
      }
    }
    return count;
  }

  private void answer(Join join, long stream) {
    join.answer(stream);
    byStream.put(stream, join);
    splice(
        stream,
        join.host.connection(),
        new StreamHeader.Join(join.key.network(), join.key.nonce()));
  }

  private void splice(long stream, long connection, StreamHeader.Join header) {
    means.outbox().add(new Output.Splice(stream, connection, header, false, limits.bytesMax()));
  }

  private void refuse(
      Join.Host host, StreamHeader.Join header, long stream, Refusal refusal, CloseCode code) {
    means.outbox().count(refusal);
    means.outbox().endStream(stream, code);
    tell(host, header.party(), header.nonce(), code);
  }

  private void tell(Join.Host host, Fingerprint network, long nonce, CloseCode code) {
    means.outbox().send(host.connection(), new CircuitClosed(network, nonce, code.code()));
  }

  private void handleTimedOut(Join join, long nowNanos) {
    means.outbox().count(Refusal.JOIN_TIMED_OUT);
    end(join, CloseCode.TIMED_OUT, nowNanos);
    tell(join.host, join.key.network(), join.key.nonce(), CloseCode.TIMED_OUT);
  }

  private void handleJoinerTimedOut(long connection, long nowNanos) {
    means.outbox().count(Refusal.JOIN_TIMED_OUT);
    handleGone(connection, nowNanos);
    means.outbox().add(new Output.Close(connection, CloseCode.TIMED_OUT));
  }

  private void end(Join join, CloseCode code, long nowNanos) {
    for (long stream : join.streams()) {
      byStream.remove(stream);
      means.outbox().endStream(stream, code);
    }
    forget(join, nowNanos);
  }

  private void forget(Join join, long nowNanos) {
    joins.remove(join.key);
    if (join.deadline != null) {
      means.deadlines().cancel(join.deadline);
    }
    if (!joiners.containsKey(join.host.connection())) {
      sources.release(join.host.source(), nowNanos);
    }
  }
}
