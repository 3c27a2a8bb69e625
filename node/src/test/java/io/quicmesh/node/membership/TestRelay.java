package io.quicmesh.node.membership;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.Future;
import io.quicmesh.relay.RelayConfig;
import io.quicmesh.relay.RelayServer;
import io.quicmesh.transport.identity.Certificates;
import io.quicmesh.transport.identity.Keys;
import io.quicmesh.transport.identity.TransportIdentity;
import io.quicmesh.transport.wire.Fingerprint;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A real relay on loopback. */
final class TestRelay implements AutoCloseable {

  static final long PATIENCE_SECONDS = 60;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final ExecutorService workers = Executors.newSingleThreadExecutor();
  private final TransportIdentity identity =
      Certificates.selfSigned(Keys.generate(), Instant.now());
  private final RelayServer server;

  TestRelay(@Nullable Set<Fingerprint> allowed) {
    RelayConfig config =
        RelayConfig.of(
            List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)), allowed);
    server =
        await(RelayServer.start(new RelayServer.Host(group.next(), workers), config, identity));
  }

  /** How often the relay has refused something for this reason. */
  long rejected(String reason) {
    return server.facts().toCompletableFuture().join().status().rejected().getOrDefault(reason, 0L);
  }

  RelayAddress address() {
    InetSocketAddress bound = server.addresses().get(0);
    return new RelayAddress(
        bound.getAddress().getHostAddress(), bound.getPort(), identity.fingerprint());
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
    server.stop().awaitUninterruptibly(PATIENCE_SECONDS, SECONDS);
    workers.shutdown();
    group.shutdownGracefully(0, PATIENCE_SECONDS, SECONDS).awaitUninterruptibly();
  }
}
