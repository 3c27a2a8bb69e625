package io.quicmesh.relay;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.quicmesh.transport.identity.TransportIdentity;
import io.quicmesh.transport.quic.Alpn;
import io.quicmesh.transport.quic.DialException;
import io.quicmesh.transport.quic.EndpointConfig;
import io.quicmesh.transport.quic.PacketGate;
import io.quicmesh.transport.quic.PathEvent;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.quic.QuicEndpoint;
import io.quicmesh.transport.quic.ServerRole;
import io.quicmesh.transport.quic.Urgency;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.StreamHeader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A node's connection to a relay, for a test's own thread. */
final class TestNode implements QuicConnection.Listener, AutoCloseable {

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final ExecutorService workers = Executors.newSingleThreadExecutor();
  private final TransportIdentity identity;
  private final QuicEndpoint endpoint;
  private final QuicConnection connection;
  private final BlockingQueue<ControlMessage> messages = new LinkedBlockingQueue<>();
  private final BlockingQueue<TestReceiver> streams = new LinkedBlockingQueue<>();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private volatile boolean answersPings = true;

  private TestNode(RelayHost relay, TransportIdentity identity, String alpn) {
    this.identity = identity;
    EndpointConfig config =
        EndpointConfig.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    endpoint =
        RelayHost.await(QuicEndpoint.bind(loop(), workers, config, identity, ServerRole.none()));
    try {
      connection =
          RelayHost.await(
              call(
                  () ->
                      endpoint.dial(
                          relay.address(),
                          alpn,
                          relay.pin(),
                          SECONDS.toNanos(RelayHost.PATIENCE_SECONDS))));
    } catch (AssertionError e) {
      stop();
      throw e;
    }
    run(() -> connection.setListener(this));
  }

  /** Connects and says nothing. */
  static TestNode connect(RelayHost relay, TransportIdentity identity) {
    return new TestNode(relay, identity, Alpn.RELAY);
  }

  /**
   * The code with which the relay turns this identity away: while it dials, if the relay's close
   * overtakes the end of the handshake, or right after.
   */
  static int refusal(RelayHost relay, TransportIdentity identity) {
    try (TestNode node = connect(relay, identity)) {
      return node.closed();
    } catch (AssertionError e) {
      if (e.getCause() instanceof DialException refused) {
        return refused.code();
      }
      throw e;
    }
  }

  /** Connects as a host without a certificate of a network. */
  static TestNode join(RelayHost relay, TransportIdentity identity) {
    return new TestNode(relay, identity, Alpn.JOIN);
  }

  /** Connects, and is welcome. */
  static TestNode up(RelayHost relay, TransportIdentity identity) {
    return up(relay, identity, 1, 0);
  }

  static TestNode up(RelayHost relay, TransportIdentity identity, long bootId, int capabilities) {
    TestNode node = connect(relay, identity);
    node.hello(bootId, capabilities);
    node.await(ControlMessage.Welcome.class);
    return node;
  }

  void hello(long bootId, int capabilities) {
    send(new ControlMessage.Hello(1, bootId, capabilities, "test"));
  }

  /** Shows a claim to be the registrar, and returns when the relay has looked at it. */
  void proveRegistrar(RelayHost relay, Opaque claim) {
    long before = relay.rejected("certificate_invalid");
    send(new ControlMessage.RegistrarProof(claim));
    // Documents are looked at in turn, and what came of this one is counted.
    send(new ControlMessage.Renewed(Opaque.of(new byte[1])));
    while (relay.rejected("certificate_invalid") == before) {
      Thread.onSpinWait();
    }
  }

  Fingerprint id() {
    return identity.fingerprint();
  }

  InetSocketAddress address() {
    return endpoint.port().localAddress();
  }

  void send(ControlMessage message) {
    run(() -> connection.send(message));
  }

  /** The next message of this type; others before it are dropped. */
  <T extends ControlMessage> T await(Class<T> type) {
    while (true) {
      ControlMessage next = next(messages, type.getSimpleName());
      if (type.isInstance(next)) {
        return type.cast(next);
      }
    }
  }

  /** The next message, whatever it is. */
  ControlMessage message() {
    return next(messages, "message");
  }

  TestSender circuit(TestNode peer, long nonce) {
    return open(new StreamHeader.Circuit(peer.id(), nonce));
  }

  TestSender open(StreamHeader header) {
    return call(() -> new TestSender(connection.openStream(header, Urgency.DATA), loop()));
  }

  /** The next stream that the relay opened. */
  TestReceiver stream() {
    return next(streams, "stream");
  }

  /** The code that the connection was closed with. */
  int closed() {
    return closed.orTimeout(RelayHost.PATIENCE_SECONDS, SECONDS).join();
  }

  /** Lives on, and does not answer the relay's pings. */
  void ignorePings() {
    answersPings = false;
  }

  /** Shows the relay every now and then that it lives. */
  void keepTalking() {
    var unused =
        loop()
            .scheduleWithFixedDelay(
                () -> connection.send(new ControlMessage.Ping(0)), 0, 500, MILLISECONDS);
  }

  /** Hears nothing more, as if the host were gone. */
  void die() {
    answersPings = false;
    run(() -> endpoint.port().setGate(new Deaf()));
  }

  /** Does something with the connection on its own thread. */
  void onLoop(Consumer<QuicConnection> work) {
    run(() -> work.accept(connection));
  }

  EventLoop loop() {
    return group.next();
  }

  private <T> T call(Callable<T> onLoop) {
    return RelayHost.await(loop().submit(onLoop));
  }

  private void run(Runnable onLoop) {
    RelayHost.await(
        loop()
            .submit(
                () -> {
                  onLoop.run();
                  return true;
                }));
  }

  private static <T> T next(BlockingQueue<T> queue, String what) {
    try {
      @Nullable T next = queue.poll(RelayHost.PATIENCE_SECONDS, SECONDS);
      if (next == null) {
        throw new AssertionError("no " + what + " came");
      }
      return next;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void streamOpened(StreamHeader header, ReceiveStream stream) {
    TestReceiver receiver = new TestReceiver(header, stream, loop());
    stream.setListener(receiver);
    streams.add(receiver);
  }

  @Override
  public void control(ControlMessage message) {
    if (message instanceof ControlMessage.Ping ping) {
      if (answersPings) {
        connection.send(new ControlMessage.Pong(ping.number()));
      }
    } else if (!(message instanceof ControlMessage.Pong)) {
      messages.add(message);
    }
  }

  @Override
  public void pathChanged(PathEvent event) {
    // A node on loopback stays where it is.
  }

  @Override
  public void closed(int code, String cause) {
    closed.complete(code);
  }

  @Override
  public void close() {
    stop();
  }

  private void stop() {
    if (!endpoint.close().awaitUninterruptibly(RelayHost.PATIENCE_SECONDS, SECONDS)) {
      throw new AssertionError("the endpoint does not close");
    }
    workers.shutdown();
    group
        .shutdownGracefully(0, RelayHost.PATIENCE_SECONDS, SECONDS)
        .awaitUninterruptibly(RelayHost.PATIENCE_SECONDS, SECONDS);
  }

  /** Lets no packet in. */
  private static final class Deaf implements PacketGate {
    @Override
    public boolean admits(InetSocketAddress source, ByteBuf packet) {
      return false;
    }

    @Override
    public void ownPacket(InetSocketAddress source, ByteBuf packet) {
      // Unheard.
    }
  }
}
