package io.quicmesh.transport.quic;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.Future;
import io.quicmesh.transport.identity.PeerVerifier;
import io.quicmesh.transport.identity.TransportIdentity;
import io.quicmesh.transport.wire.Fingerprint;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** An endpoint with an event loop of its own, as a host of a test's network. */
final class TestHost implements AutoCloseable {

  static final long PATIENCE_SECONDS = 20;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final ExecutorService workers = Executors.newSingleThreadExecutor();
  private final BlockingQueue<TestConnection> accepted = new LinkedBlockingQueue<>();
  private final Fingerprint id;
  private final QuicEndpoint endpoint;

  private TestHost(EndpointConfig config, TransportIdentity identity, Map<String, PeerVerifier> who)
      throws Exception {
    id = identity.fingerprint();
    ServerRole server =
        new ServerRole(who, connection -> accepted.add(TestConnection.listenTo(connection, this)));
    endpoint = await(QuicEndpoint.bind(loop(), workers, config, identity, server));
  }

  static TestHost start(
      EndpointConfig config, TransportIdentity identity, Map<String, PeerVerifier> who)
      throws Exception {
    return new TestHost(config, identity, who);
  }

  /** A member that accepts all members, on loopback. */
  static TestHost member(TestNetwork network) throws Exception {
    return member(network, onLoopback());
  }

  static TestHost member(TestNetwork network, EndpointConfig config) throws Exception {
    return start(config, network.member(), Map.of(Alpn.NODE, network.anyMember()));
  }

  static EndpointConfig onLoopback() {
    return EndpointConfig.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  EventLoop loop() {
    return group.next();
  }

  Fingerprint id() {
    return id;
  }

  QuicEndpoint endpoint() {
    return endpoint;
  }

  InetSocketAddress address() {
    return endpoint.port().localAddress();
  }

  /** Dials; the future ends as the endpoint's does. */
  Future<QuicConnection> dialling(TestHost other, PeerVerifier expected) throws Exception {
    return dialling(other.address(), expected);
  }

  Future<QuicConnection> dialling(InetSocketAddress remote, PeerVerifier expected)
      throws Exception {
    return call(
        () -> endpoint.dial(remote, Alpn.NODE, expected, SECONDS.toNanos(PATIENCE_SECONDS)));
  }

  TestConnection dial(TestHost other, PeerVerifier expected) throws Exception {
    return dial(other.address(), expected);
  }

  TestConnection dial(InetSocketAddress remote, PeerVerifier expected) throws Exception {
    QuicConnection connection = await(dialling(remote, expected));
    return call(() -> TestConnection.listenTo(connection, this));
  }

  TestConnection accepted() throws Exception {
    return present(accepted.poll(PATIENCE_SECONDS, SECONDS), "no connection was accepted");
  }

  long counter(Counter counter) throws Exception {
    Long value = call(() -> endpoint.counters().get(counter.key()));
    return value == null ? -1 : value;
  }

  /** Waits until a counter has at least this value. */
  void awaitCounter(Counter counter, long value) throws Exception {
    long giveUp = System.nanoTime() + SECONDS.toNanos(PATIENCE_SECONDS);
    while (counter(counter) < value) {
      if (System.nanoTime() > giveUp) {
        throw new AssertionError(counter + " is " + counter(counter) + ", not " + value);
      }
      Thread.onSpinWait();
    }
  }

  <T> T call(Callable<T> onLoop) throws Exception {
    return await(loop().submit(onLoop));
  }

  void run(Runnable onLoop) throws Exception {
    await(loop().submit(onLoop));
  }

  /** Until the workers have done all that they have by now. */
  void awaitWorkers() throws Exception {
    workers.submit(() -> {}).get(PATIENCE_SECONDS, SECONDS);
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.get(PATIENCE_SECONDS, SECONDS);
  }

  static <T> T present(@Nullable T value, String otherwise) {
    if (value == null) {
      throw new AssertionError(otherwise);
    }
    return value;
  }

  @Override
  public void close() {
    closed(endpoint.close());
    workers.shutdown();
    closed(group.shutdownGracefully(0, PATIENCE_SECONDS, SECONDS));
  }

  private static void closed(Future<?> closing) {
    if (!closing.awaitUninterruptibly(PATIENCE_SECONDS, SECONDS) || !closing.isSuccess()) {
      throw new AssertionError("a test host did not close in order", closing.cause());
    }
  }
}
