package io.quicmesh.node;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.quicmesh.transport.identity.RevokedKeys;
import io.quicmesh.transport.identity.SecureChannels;
import io.quicmesh.transport.quic.Dialer;
import io.quicmesh.transport.quic.QuicEndpoint;
import io.quicmesh.transport.session.FlightBudget;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * What all parts of a running node share.
 *
 * @param loop the event loop that owns the data path; its ticker is the clock
 * @param dialer makes connections to relays and peers
 * @param membership who this node is
 * @param bootId random; tells this run of the node from others
 * @param random unpredictable, except in a simulation
 * @param allocator of what sessions keep
 */
record NodeContext(
    EventLoop loop,
    Dialer dialer,
    SecureChannels tls,
    NodeMembership membership,
    NodeSettings settings,
    RevokedKeys revoked,
    FlightBudget flightBudget,
    InstantSource clock,
    long bootId,
    int mtuBytes,
    RandomGenerator random,
    ByteBufAllocator allocator) {

  /** Parts of a node whose certificate is new. */
  NodeContext(
      EventLoop loop,
      Dialer dialer,
      SecureChannels tls,
      NodeIdentity identity,
      NodeSettings settings,
      RevokedKeys revoked,
      FlightBudget flightBudget,
      InstantSource clock,
      long bootId,
      int mtuBytes,
      RandomGenerator random,
      ByteBufAllocator allocator) {
    this(
        loop,
        dialer,
        tls,
        new NodeMembership(identity),
        settings,
        revoked,
        flightBudget,
        clock,
        bootId,
        mtuBytes,
        random,
        allocator);
  }

  /** Who this node is; the certificate changes when it is renewed. */
  NodeIdentity identity() {
    return membership.identity();
  }

  /** The time of the loop's timers. */
  long nowNanos() {
    return loop.ticker().nanoTime();
  }

  /** The dialer of a node that runs on a UDP port. */
  QuicEndpoint endpoint() {
    return (QuicEndpoint) dialer;
  }
}
