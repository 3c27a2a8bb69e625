package io.quicmesh.relay;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.quicmesh.monitor.api.RelayFacts;
import io.quicmesh.relay.core.RelayLimits;
import io.quicmesh.transport.identity.Certificates;
import io.quicmesh.transport.identity.Keys;
import io.quicmesh.transport.identity.RelayVerifier;
import io.quicmesh.transport.identity.TransportIdentity;
import io.quicmesh.transport.quic.HandshakeLimits;
import io.quicmesh.transport.quic.TransportConfig;
import io.quicmesh.transport.wire.Fingerprint;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A relay on loopback with a thread of its own. */
final class RelayHost implements AutoCloseable {

  static final long PATIENCE_SECONDS = 30;
  private static final Duration IDLE = Duration.ofSeconds(3);

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("relay"), EpollIoHandler.newFactory());
  private final ExecutorService workers = Executors.newSingleThreadExecutor();
  private final TransportIdentity identity =
      Certificates.selfSigned(Keys.generate(), Instant.now());
  private final RelayServer server;

  RelayHost() {
    this(RelayLimits.defaults(), null);
  }

  RelayHost(RelayLimits limits, @Nullable Set<Fingerprint> allowed) {
    this(limits, allowed, RevocationStore.NONE);
  }

  RelayHost(RelayLimits limits, @Nullable Set<Fingerprint> allowed, RevocationStore store) {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    TransportConfig quick = TransportConfig.defaults().withIdleTimeoutNanos(IDLE.toNanos());
    RelayConfig config =
        RelayConfig.of(List.of(address), allowed)
            .with(limits)
            .with(new RelayConfig.Quic(quick, HandshakeLimits.defaults()));
    server =
        await(
            RelayServer.start(
                new RelayServer.Host(group.next(), workers, store), config, identity));
  }

  RelayServer server() {
    return server;
  }

  InetSocketAddress address() {
    return server.addresses().get(0);
  }

  RelayVerifier pin() {
    return new RelayVerifier(identity.fingerprint());
  }

  RelayFacts facts() {
    return server.facts().toCompletableFuture().join();
  }

  long rejected(String reason) {
    return facts().status().rejected().getOrDefault(reason, 0L);
  }

  /** CPU time of the relay's event loop so far. */
  long cpuNanos() {
    long thread = await(group.next().submit(() -> Thread.currentThread().getId()));
    return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread);
  }

  static <T> T await(Future<T> future) {
    if (!future.awaitUninterruptibly(PATIENCE_SECONDS, SECONDS)) {
      throw new AssertionError("nothing happened in " + PATIENCE_SECONDS + " s");
    }
    if (!future.isSuccess()) {
      throw new AssertionError(future.cause());
    }
    return future.getNow();
  }

  @Override
  public void close() {
    Future<Void> stopped = server.stop();
    if (!stopped.awaitUninterruptibly(PATIENCE_SECONDS, SECONDS)) {
      throw new AssertionError("the relay does not stop");
    }
    workers.shutdown();
    group
        .shutdownGracefully(0, PATIENCE_SECONDS, SECONDS)
        .awaitUninterruptibly(PATIENCE_SECONDS, SECONDS);
  }
}
