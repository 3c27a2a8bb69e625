package io.quicmesh.node.cli;

import io.quicmesh.monitor.AdminConfig;
import io.quicmesh.monitor.AdminRoutes;
import io.quicmesh.monitor.AdminServer;
import io.quicmesh.monitor.log.DaemonLog;
import io.quicmesh.monitor.log.LogRoutes;
import io.quicmesh.node.Node;
import io.quicmesh.node.NodeAdmin;
import io.quicmesh.node.NodeIdentity;
import io.quicmesh.node.NodeSettings;
import io.quicmesh.node.Version;
import io.quicmesh.node.config.NodeConfig;
import io.quicmesh.node.membership.MembershipException;
import io.quicmesh.relay.cli.CommandFailedException;
import io.quicmesh.relay.cli.ExitCode;
import io.quicmesh.tap.TapConfig;
import io.quicmesh.tap.TapDevice;
import io.quicmesh.tap.TapException;
import io.quicmesh.tap.frame.MacAddress;
import io.quicmesh.tap.link.IpPrefix;
import io.quicmesh.transport.identity.Keys;
import io.quicmesh.transport.quic.EndpointConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process around a node: its state, its TAP device, its admin interface, its end. */
final class NodeDaemon {

  private static final Logger LOG = LoggerFactory.getLogger(NodeDaemon.class);

  private static final int ADMIN_PORT = 7878;
  private static final int STOP_SECONDS = 8;
  private static final long ANSWER_MILLIS = 50;

  /**
   * What {@code quicmesh up} was told.
   *
   * @param tapName a name that was asked for, or null for the next free one
   * @param listen the UDP address that was asked for, or null
   * @param admin the admin address that was asked for, or null
   * @param configFile the file that {@code config} was read from, or null
   */
  record Options(
      Path stateDirectory,
      @Nullable String tapName,
      @Nullable InetSocketAddress listen,
      @Nullable InetSocketAddress admin,
      @Nullable Path configFile,
      NodeConfig config,
      NodeSettings settings) {}

  private final Options options;
  private final PrintWriter out;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile CompletableFuture<Ending> stop = new CompletableFuture<>();
  private volatile boolean isStopping;

  /** Why the daemon ends: in order if there is no failure. */
  private record Ending(boolean isRestart, @Nullable Exception failure) {
    static final Ending ASKED = new Ending(false, null);
    static final Ending RESTART = new Ending(true, null);

    static Ending failed(Exception failure) {
      return new Ending(false, failure);
    }
  }

  NodeDaemon(Options options, PrintWriter out) {
    this.options = options;
    this.out = out;
  }

  /**
   * Runs until the node stops.
   *
   * @param exitWhenReady whether that is at once, with all that belongs to a clean stop
   * @return the exit code
   */
  int run(boolean exitWhenReady) throws Exception {
    if (exitWhenReady) {
      stop.complete(Ending.ASKED);
    }
    stopOnSignal();
    DaemonLog log = DaemonLog.start(options.config().log().settings());
    try {
      while (runOnce(log).isRestart() && !isStopping) {
        LOG.info("beginning anew with another key");
        stop = new CompletableFuture<>();
      }
      return ExitCode.DONE;
    } finally {
      log.close();
      ended.countDown();
    }
  }

  private Ending runOnce(DaemonLog log) throws Exception {
    DaemonMembership membership =
        DaemonMembership.open(options.stateDirectory(), out, new MembershipEnds());
    try {
      NodeIdentity identity = membership.identity();
      TapDevice tap = openTap(identity);
      if (options.tapName() == null) {
        out.println("quicmesh: TAP device " + tap.name());
      }
      EndpointConfig endpoint = EndpointConfig.of(membership.listenAddress(options.listen()));
      NodeConfig.Quic quic = options.config().quic();
      endpoint = endpoint.with(quic.transport()).withKeyLog(quic.keyLogFile());
      try (Node node =
          Node.start(tap, endpoint, identity, options.settings(), membership.revoked())) {
        membership.handleStarted(node);
        return serve(node, membership, log);
      }
    } finally {
      membership.close();
    }
  }

  /** What changes of the membership mean to the process. */
  private final class MembershipEnds implements DaemonMembership.Owner {
    @Override
    public void beginAnew() {
      endSoon(Ending.RESTART);
    }

    @Override
    public void end(MembershipException reason) {
      endSoon(Ending.failed(new CommandFailedException(reason.exitCode(), reason.oneLine())));
    }
  }

  /** A command that caused it gets its answer first. */
  private void endSoon(Ending end) {
    CompletableFuture.delayedExecutor(ANSWER_MILLIS, TimeUnit.MILLISECONDS)
        .execute(() -> stop.complete(end));
  }

  private Ending serve(Node node, DaemonMembership membership, DaemonLog log) throws Exception {
    InetSocketAddress asked = options.admin();
    InetSocketAddress address =
        asked == null
            ? new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), ADMIN_PORT)
            : asked;
    NodeAdmin admin = new NodeAdmin(node);
    AdminRoutes routes = new AdminRoutes().actions(admin).post("/api/down", request -> down());
    membership.addRoutes(routes, node);
    routes.get("/api/netcheck", request -> admin.netcheck());
    LogRoutes.add(routes, log);
    new Reloading(options, node, log).addRoute(routes);
    AdminConfig config =
        new AdminConfig(options.stateDirectory(), address, asked != null, Version.TEXT);
    try (AdminServer server = AdminServer.start(config, admin, routes)) {
      node.onEvent(server::publish);
      node.failed().thenAccept(reason -> stop.complete(Ending.failed(new IOException(reason))));
      if (asked == null && server.address().getPort() != address.getPort()) {
        out.println("quicmesh: admin interface on " + server.address().getPort());
      }
      node.ready().toCompletableFuture().get(30, TimeUnit.SECONDS);
      out.println("quicmesh: ready");
      out.flush();
      Ending end = stop.get();
      if (end.failure() != null) {
        throw end.failure();
      }
      return end;
    }
  }

  private CompletableFuture<Map<String, Boolean>> down() {
    endSoon(Ending.ASKED);
    return CompletableFuture.completedFuture(Map.of("stopping", true));
  }

  private TapDevice openTap(NodeIdentity identity) throws TapException {
    NodeConfig.Tap tap = options.config().tap();
    String name = options.tapName();
    TapConfig config = name == null ? TapConfig.nextFree("qm") : TapConfig.named(name);
    config =
        config
            .withMac(macOf(identity))
            .withMtuBytes(tap.mtuBytes())
            .withQueueFrames(tap.queue())
            .withAddresses(List.of(IpPrefix.parse(identity.address().toString())));
    return TapDevice.open(
        tap.wantsOffloads() ? config : config.withoutOffloads(), Node.allocator());
  }

  /**
   * An address that stays when the node restarts or replaces its key, so that neighbours need not
   * ask anew: it comes from the network and the name, which is unique there.
   */
  private static MacAddress macOf(NodeIdentity identity) {
    byte[] unique =
        (identity.network() + " " + identity.name()).getBytes(StandardCharsets.US_ASCII);
    return MacAddress.locallyAdministered(ByteBuffer.wrap(Keys.sha256(unique)).getLong());
  }

  /** After a clean stop the exit code says that all was well, whatever the signal. */
  private void stopOnSignal() {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (ended.getCount() == 0) {
                    return;
                  }
                  isStopping = true;
                  stop.complete(Ending.ASKED);
                  boolean clean = awaitEnd();
                  out.flush();
                  Runtime.getRuntime().halt(clean ? ExitCode.DONE : ExitCode.FAILED);
                },
                "quicmesh-stop"));
  }

  private boolean awaitEnd() {
    try {
      return ended.await(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
