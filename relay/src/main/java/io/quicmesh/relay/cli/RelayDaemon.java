package io.quicmesh.relay.cli;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.quicmesh.monitor.AdminConfig;
import io.quicmesh.monitor.AdminRoutes;
import io.quicmesh.monitor.AdminServer;
import io.quicmesh.monitor.log.DaemonLog;
import io.quicmesh.monitor.log.LogRoutes;
import io.quicmesh.monitor.log.LogSettings;
import io.quicmesh.relay.RelayConfig;
import io.quicmesh.relay.RelayServer;
import io.quicmesh.relay.RevocationFiles;
import io.quicmesh.transport.identity.StateFiles;
import io.quicmesh.transport.identity.TransportIdentity;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The process around a relay: its threads, its admin interface, its end. */
final class RelayDaemon {

  private static final int STOP_SECONDS = 5;

  private final Path stateDirectory;
  private final RelayConfig config;
  private final LogSettings logSettings;
  private final TransportIdentity identity;
  private final PrintWriter out;
  private final CountDownLatch ended = new CountDownLatch(1);

  RelayDaemon(
      Path stateDirectory,
      RelayConfig config,
      LogSettings logSettings,
      TransportIdentity identity,
      PrintWriter out) {
    this.logSettings = logSettings;
    this.stateDirectory = stateDirectory;
    this.config = config;
    this.identity = identity;
    this.out = out;
  }

  /** Runs until the relay stops; returns the exit code. */
  int run(@Nullable InetSocketAddress admin, boolean exitWhenReady) throws Exception {
    DaemonLog log = DaemonLog.start(logSettings);
    try {
      return run(log, admin, exitWhenReady);
    } finally {
      log.close();
      ended.countDown();
    }
  }

  private int run(DaemonLog log, @Nullable InetSocketAddress admin, boolean exitWhenReady)
      throws Exception {
    if (!Epoll.isAvailable()) {
      throw new CommandFailedException(
          ExitCode.FAILED, "epoll is not available: the relay runs on Linux, x86_64 or aarch64");
    }
    ExecutorService workers =
        Executors.newSingleThreadExecutor(new DefaultThreadFactory("quicmesh-worker", true));
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("quicmesh-relay", true), EpollIoHandler.newFactory());
    try {
      RelayServer relay = started(RelayServer.start(host(group, workers), config, identity));
      stopOnSignal(relay);
      AdminRoutes routes = new AdminRoutes();
      LogRoutes.add(routes, log);
      serve(relay, routes, admin, exitWhenReady);
      return ExitCode.DONE;
    } finally {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(STOP_SECONDS * 1_000L);
      workers.shutdown();
    }
  }

  private RelayServer.Host host(EventLoopGroup group, ExecutorService workers) {
    return new RelayServer.Host(
        group.next(), workers, new RevocationFiles(new StateFiles(), stateDirectory));
  }

  private static RelayServer started(Future<RelayServer> start) throws Exception {
    start.await();
    if (start.isSuccess()) {
      return start.getNow();
    }
    throw start.cause() instanceof IOException e
        ? e
        : new IOException("cannot start: " + start.cause(), start.cause());
  }

  private void serve(
      RelayServer relay,
      AdminRoutes routes,
      @Nullable InetSocketAddress asked,
      boolean exitWhenReady)
      throws Exception {
    InetSocketAddress address =
        asked == null ? new RunCommand.AddressConverter().convert(RunCommand.DEFAULT_ADMIN) : asked;
    AdminConfig adminConfig =
        new AdminConfig(stateDirectory, address, asked != null, RelayVersion.text());
    routes.post("/api/drain", request -> drain(relay, request.bodyAs(DrainRequest.class)));
    try (AdminServer admin = AdminServer.start(adminConfig, relay, routes)) {
      relay.setEventListener(admin::publish);
      if (asked == null && admin.address().getPort() != address.getPort()) {
        out.println(RelayCommand.NAME + ": admin interface on " + admin.address());
      }
      out.println(RelayCommand.NAME + ": ready");
      out.flush();
      if (!exitWhenReady) {
        relay.stopped().await();
      }
    } finally {
      relay.stop().await(STOP_SECONDS, TimeUnit.SECONDS);
    }
  }

  private static CompletionStage<?> drain(RelayServer relay, DrainRequest request) {
    int grace = Objects.requireNonNullElse(request.graceSeconds(), DrainRequest.GRACE_SECONDS);
    return relay
        .facts()
        .thenApply(
            facts -> {
              relay.drain(
                  Duration.ofSeconds(Math.min(Math.max(grace, 0), DrainRequest.GRACE_SECONDS_MAX)));
              return Map.of("clients", facts.status().clients(), "grace_s", grace);
            });
  }

  /**
   * A signal begins the end of the JVM, which would exit with a code of its own; after a clean stop
   * the code says that all was well.
   */
  private void stopOnSignal(RelayServer relay) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (ended.getCount() == 0) {
                    return;
                  }
                  relay.stop().addListener(done -> out.flush());
                  boolean clean = awaitEnd();
                  out.flush();
                  Runtime.getRuntime().halt(clean ? ExitCode.DONE : ExitCode.FAILED);
                },
                "quicmesh-stop"));
  }

  private boolean awaitEnd() {
    try {
      return ended.await(2L * STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
