package io.quicmesh.node;

import io.netty.channel.EventLoop;
import io.quicmesh.transport.identity.EndToEndTlsWorker;
import io.quicmesh.transport.identity.RevokedKeys;
import io.quicmesh.transport.quic.QuicEndpoint;
import io.quicmesh.transport.session.FlightBudget;
import java.time.InstantSource;

/**
 * What all parts of a running node share.
 *
 * @param loop the event loop that owns the data path
 * @param bootId random; tells this run of the node from others
 */
record NodeContext(
    EventLoop loop,
    QuicEndpoint endpoint,
    EndToEndTlsWorker tls,
    NodeIdentity identity,
    NodeSettings settings,
    RevokedKeys revoked,
    FlightBudget flightBudget,
    InstantSource clock,
    long bootId,
    int mtuBytes) {

  long nowNanos() {
    return System.nanoTime();
  }
}
