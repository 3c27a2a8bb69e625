package io.quicmesh.node.membership;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.quicmesh.transport.carrier.CircuitCarrier;
import io.quicmesh.transport.carrier.RelayClient;
import io.quicmesh.transport.identity.EndToEndTlsWorker;
import io.quicmesh.transport.identity.RelayVerifier;
import io.quicmesh.transport.quic.Alpn;
import io.quicmesh.transport.quic.EndpointConfig;
import io.quicmesh.transport.quic.PathEvent;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.quic.QuicEndpoint;
import io.quicmesh.transport.quic.ServerRole;
import io.quicmesh.transport.quic.Urgency;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.wire.Capability;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.StreamHeader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A member that is connected to a relay as the registrar, and answers by a real join server. */
final class TestRegistrar implements RelayClient.Owner, AutoCloseable {

  private static final long BOOT_ID = 7;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final ExecutorService workers = Executors.newSingleThreadExecutor();
  private final EndToEndTlsWorker tls = EndToEndTlsWorker.start(System::nanoTime);
  private final CountDownLatch welcome = new CountDownLatch(1);
  private final EventLoop loop = group.next();
  private final QuicEndpoint endpoint;
  private final JoinServer server;
  private final RelayClient client;

  /**
   * A connected registrar.
   *
   * @param pretender whose registrar service answers; usually the member's own
   */
  TestRegistrar(TestHost member, TestHost pretender, TestRelay testRelay) throws Exception {
    RelayAddress relay = testRelay.address();
    MemberState state = member.membership().open();
    RegistrarService service = pretender.membership().registrar().orElseThrow();
    server = new JoinServer(new JoinDesk(service, pretender.clock()), service, tls, loop, workers);
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    endpoint =
        TestRelay.await(
            QuicEndpoint.bind(
                loop, workers, EndpointConfig.of(any), state.transport(), ServerRole.none()));
    InetSocketAddress remote = new InetSocketAddress(relay.host(), relay.port());
    QuicConnection connection =
        TestRelay.await(
            call(
                () ->
                    endpoint.dial(
                        remote,
                        Alpn.RELAY,
                        new RelayVerifier(relay.fingerprint()),
                        SECONDS.toNanos(TestRelay.PATIENCE_SECONDS))));
    client =
        call(
            () ->
                new RelayClient(
                    connection,
                    relay.label(),
                    new ControlMessage.Hello(1, BOOT_ID, Capability.REGISTRAR, "test"),
                    this));
    if (!welcome.await(TestRelay.PATIENCE_SECONDS, SECONDS)) {
      throw new AssertionError("the relay does not welcome the registrar");
    }
    byte[] claim = service.claim(state.id(), BOOT_ID);
    long before = testRelay.rejected("certificate_invalid");
    loop.execute(
        () -> {
          connection.send(new ControlMessage.RegistrarProof(Opaque.of(claim)));
          // Documents are looked at in turn, and what came of this one is counted.
          connection.send(new ControlMessage.Renewed(Opaque.of(new byte[1])));
        });
    while (testRelay.rejected("certificate_invalid") == before) {
      Thread.onSpinWait();
    }
  }

  int visits() throws Exception {
    return call(server::active);
  }

  private <T> T call(Callable<T> task) throws Exception {
    return loop.submit(task).get();
  }

  @Override
  public void joinOpened(RelayClient from, StreamHeader.Join header, ReceiveStream stream) {
    server.accept(stream, from.connection().openStream(header, Urgency.SESSION_CONTROL));
  }

  @Override
  public void control(RelayClient from, ControlMessage message) {
    if (message instanceof ControlMessage.Welcome) {
      welcome.countDown();
    }
  }

  @Override
  public void circuitOpened(RelayClient from, Fingerprint peer, CircuitCarrier circuit) {
    throw new AssertionError("no circuits here");
  }

  @Override
  public void pathChanged(RelayClient from, PathEvent event) {
    // Not of interest.
  }

  @Override
  public void ended(RelayClient from, int code, String cause) {
    // Not of interest.
  }

  @Override
  public void close() {
    loop.execute(server::close);
    loop.execute(() -> client.connection().close(CloseCode.NONE));
    endpoint.close().awaitUninterruptibly(TestRelay.PATIENCE_SECONDS, SECONDS);
    tls.close();
    workers.shutdown();
    group.shutdownGracefully(0, TestRelay.PATIENCE_SECONDS, SECONDS).awaitUninterruptibly();
  }
}
