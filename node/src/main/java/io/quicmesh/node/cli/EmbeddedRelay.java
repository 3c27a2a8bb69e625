package io.quicmesh.node.cli;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.quicmesh.node.membership.RelayAddress;
import io.quicmesh.relay.RelayConfig;
import io.quicmesh.relay.RelayServer;
import io.quicmesh.relay.RevocationFiles;
import io.quicmesh.relay.RevocationStore;
import io.quicmesh.relay.cli.RelayState;
import io.quicmesh.transport.identity.StateFiles;
import io.quicmesh.transport.identity.TransportIdentity;
import io.quicmesh.transport.wire.Fingerprint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A relay inside the node's process, for its own network only, on an event loop of its own. */
final class EmbeddedRelay implements AutoCloseable {

  static final int PORT = 4433;
  private static final String DIRECTORY = "relay";

  private final RelayServer server;
  private final MultiThreadIoEventLoopGroup group;
  private final ExecutorService workers;

  private EmbeddedRelay(
      RelayServer server, MultiThreadIoEventLoopGroup group, ExecutorService workers) {
    this.server = server;
    this.group = group;
    this.workers = workers;
  }

  /** Makes the relay's key; the result is where others find it. */
  static RelayAddress create(Path stateDirectory, String host) throws IOException {
    new StateFiles().ensureDirectory(stateDirectory);
    TransportIdentity identity = new RelayState(stateDirectory.resolve(DIRECTORY)).initialise();
    return new RelayAddress(host, PORT, identity.fingerprint());
  }

  /** Whether this state directory has an embedded relay. */
  static boolean exists(Path stateDirectory) {
    return new RelayState(stateDirectory.resolve(DIRECTORY)).isInitialised();
  }

  static EmbeddedRelay start(Path stateDirectory, Fingerprint network) throws IOException {
    TransportIdentity identity = new RelayState(stateDirectory.resolve(DIRECTORY)).read();
    MultiThreadIoEventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("quicmesh-relay", true), EpollIoHandler.newFactory());
    ExecutorService workers =
        Executors.newSingleThreadExecutor(new DefaultThreadFactory("quicmesh-relay-worker", true));
    RelayConfig config =
        RelayConfig.of(
            List.of(new InetSocketAddress(InetAddress.getByName("::"), PORT)), Set.of(network));
    RevocationStore store =
        new RevocationFiles(new StateFiles(), stateDirectory.resolve(DIRECTORY));
    Future<RelayServer> started =
        RelayServer.start(new RelayServer.Host(group.next(), workers, store), config, identity)
            .awaitUninterruptibly();
    if (!started.isSuccess()) {
      workers.shutdown();
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
      throw new IOException(
          "the embedded relay does not start: " + started.cause().getMessage(), started.cause());
    }
    return new EmbeddedRelay(started.getNow(), group, workers);
  }

  @Override
  public void close() {
    server.stop().awaitUninterruptibly(3, TimeUnit.SECONDS);
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    workers.shutdown();
  }
}
