package io.quicmesh.transport.quic;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;

/** What all connections of one endpoint share. Owned by its event loop. */
final class ConnectionScope {

  private final EventExecutor loop;
  private final IoBatch batch;
  private final Counters counters;
  private final Executor workers;
  private final UdpPort port;
  private final Set<ConnectionHandler> live = new LinkedHashSet<>();

  ConnectionScope(
      EventExecutor loop, IoBatch batch, Counters counters, Executor workers, UdpPort port) {
    this.loop = loop;
    this.batch = batch;
    this.counters = counters;
    this.workers = workers;
    this.port = port;
  }

  Promise<Void> newPromise() {
    return loop.newPromise();
  }

  IoBatch batch() {
    return batch;
  }

  Counters counters() {
    return counters;
  }

  /** Where signatures are checked. */
  Executor workers() {
    return workers;
  }

  UdpPort port() {
    return port;
  }

  void add(ConnectionHandler connection) {
    live.add(connection);
  }

  void remove(ConnectionHandler connection) {
    live.remove(connection);
  }

  List<ConnectionHandler> live() {
    return List.copyOf(live);
  }
}
