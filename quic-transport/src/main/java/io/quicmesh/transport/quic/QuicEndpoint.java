package io.quicmesh.transport.quic;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicChannelOption;
import io.netty.handler.codec.quic.QuicConnectionAddress;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseCombiner;
import io.quicmesh.transport.identity.PeerVerifier;
import io.quicmesh.transport.identity.TransportIdentity;
import io.quicmesh.transport.wire.CloseCode;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One UDP port with both QUIC roles: dials connections and accepts them. Everything happens on the
 * one event loop that {@link #bind} was given; unless they say otherwise, methods are called there.
 */
public final class QuicEndpoint implements Dialer {

  private static final AttributeKey<String> ALPN = AttributeKey.valueOf("quicmesh.alpn");

  private final Setup setup;
  private final Codecs codecs;
  private final ConnectionIds ids = new ConnectionIds();
  private final Counters counters;
  private final Handshakes handshakes;
  private final UdpPort port;
  private final ConnectionScope scope;
  private volatile TlsContexts tls;
  private boolean closing;

  /** What an endpoint is made of. */
  private record Setup(
      EventLoop loop,
      Executor workers,
      EndpointConfig config,
      ServerRole server,
      @Nullable KeyLog keyLog) {

    private TlsContexts contexts(TransportIdentity identity) {
      return new TlsContexts(
          new TlsContexts.Common(identity, config.transport().groups(), keyLog),
          server.verifiers().keySet());
    }
  }

  private QuicEndpoint(Setup setup, TlsContexts tls, Channel bound, PacketDemux demux) {
    this.setup = setup;
    this.tls = tls;
    codecs = new Codecs(setup.config.transport());
    counters = demux.counters();
    handshakes = demux.handshakes();
    port = UdpPort.of(bound, demux, setup.config.port());
    scope = new ConnectionScope(setup.loop, demux.batch(), counters, setup.workers, port);
    ids.setListener(port.connections()::addAlias);
    port.install(setup.server.verifiers().isEmpty() ? null : serverCodec());
  }

  private static String alpn(QuicChannel dialled) {
    return String.valueOf(dialled.attr(ALPN).get());
  }

  private ChannelHandler serverCodec() {
    RetryTokens tokens =
        new RetryTokens(
            handshakes::needTokens,
            () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()),
            counters);
    tokens.setListener(handshakes::tokenReturned);
    return codecs.server(made -> tls.serverEngine(made.alloc()), new Accepting(), ids, tokens);
  }

  /**
   * Binds the port. Callable from any thread, or, with a key log, from any that may block; the
   * future completes on the loop.
   *
   * @param loop an epoll event loop
   * @param workers where signatures of peers are checked
   * @param identity what this host shows in both roles
   */
  public static Future<QuicEndpoint> bind(
      EventLoop loop,
      Executor workers,
      EndpointConfig config,
      TransportIdentity identity,
      ServerRole server) {
    Path file = config.keyLog();
    KeyLog keyLog;
    try {
      keyLog = file == null ? null : KeyLog.open(file, workers);
    } catch (IOException e) {
      return loop.newFailedFuture(e);
    }
    Setup setup = new Setup(loop, workers, config, server, keyLog);
    TlsContexts tls = setup.contexts(identity);
    PacketDemux demux =
        new PacketDemux(
            loop, new IoBatch(loop), new Handshakes(config.handshakes()), new Counters());
    Promise<QuicEndpoint> promise = loop.newPromise();
    ChannelFuture bound = UdpPort.bind(loop, config.port(), demux);
    bound.addListener(
        done -> {
          if (done.isSuccess()) {
            promise.setSuccess(new QuicEndpoint(setup, tls, bound.channel(), demux));
          } else {
            promise.setFailure(done.cause());
          }
        });
    return promise;
  }

  @Override
  public Future<QuicConnection> dial(
      InetSocketAddress remote, String alpn, PeerVerifier expected, long timeoutNanos) {
    Promise<QuicConnection> promise = setup.loop.newPromise();
    String obstacle = obstacle(remote, alpn);
    if (obstacle != null) {
      counters.add(Counter.DIALS_FAILED);
      return promise.setFailure(new DialException(CloseCode.NONE.code(), obstacle));
    }
    byte[] id = ids.next();
    ClientPort client =
        port.newClient(codecs.client(made -> this.tls.clientEngine(alpn(made), made.alloc())));
    PortConnection known =
        new PortConnection(port.gate().open(QuicConnection.Role.CLIENT, remote), client);
    ConnectionHandler handler =
        new ConnectionHandler(scope, new Dialling(expected, promise, known, id), timeoutNanos);
    QuicChannel.newBootstrap(client)
        .handler(handler)
        .attr(ALPN, alpn)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
        .option(QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, codecs.segments())
        .remoteAddress(remote)
        .localConnectionAddress(new QuicConnectionAddress(id))
        .connect()
        .addListener(
            connected -> {
              if (!connected.isSuccess()) {
                handler.connectFailed(connected.cause());
              }
            });
    return promise;
  }

  private @Nullable String obstacle(InetSocketAddress remote, String alpn) {
    if (closing) {
      return "the endpoint is closing";
    }
    if (!tls.knows(alpn)) {
      return "unknown application protocol " + alpn;
    }
    if (remote.isUnresolved() || remote.getPort() == 0) {
      return "not an address to dial: " + remote;
    }
    boolean ipv4Port = port.localAddress().getAddress() instanceof Inet4Address;
    return ipv4Port && !(remote.getAddress() instanceof Inet4Address)
        ? "the port is IPv4 only, " + remote.getAddress().getHostAddress() + " is not"
        : null;
  }

  /**
   * Shows another identity, such as a renewed certificate, on every connection that begins after
   * the future is done.
   */
  public Future<Void> setIdentity(TransportIdentity identity) {
    Promise<Void> done = setup.loop.newPromise();
    setup.workers.execute(
        () -> {
          tls = setup.contexts(identity);
          done.setSuccess(null);
        });
    return done;
  }

  /** The UDP port. */
  public UdpPort port() {
    return port;
  }

  /** Counters by name, for status and metrics. */
  public Map<String, Long> counters() {
    Map<String, Long> all = counters.snapshot();
    all.putAll(port.gate().counters());
    return all;
  }

  /**
   * Moves a connection of this endpoint to another socket of its port (RFC 9000, section 9).
   *
   * @return false if it cannot be moved: it is closed, or we have the server role
   */
  public boolean move(QuicConnection connection, PortSocket socket) {
    return connection instanceof LiveConnection live && live.moveTo(socket);
  }

  /**
   * Closes all connections with {@link CloseCode#SHUTTING_DOWN}, then the port. Callable from any
   * thread.
   */
  public Future<Void> close() {
    Promise<Void> done = setup.loop.newPromise();
    setup.loop.execute(() -> close(done));
    return done;
  }

  private void close(Promise<Void> done) {
    closing = true;
    PromiseCombiner told = new PromiseCombiner(setup.loop);
    CloseCode code = CloseCode.SHUTTING_DOWN;
    for (ConnectionHandler live : scope.live()) {
      live.close(code, code.text());
      told.add(live.gone());
    }
    Promise<Void> allTold = setup.loop.newPromise();
    told.finish(allTold);
    allTold.addListener(
        all ->
            port.channel()
                .close()
                .addListener(
                    closed -> {
                      if (closed.isSuccess()) {
                        done.setSuccess(null);
                      } else {
                        done.setFailure(closed.cause());
                      }
                    }));
  }

  /** The port knows the connection until it ends. */
  private void register(QuicChannel channel, PortConnection known) {
    channel.attr(PortConnection.KEY).set(known);
    channel
        .closeFuture()
        .addListener(
            closed -> {
              port.connections().remove(known);
              port.gate().close(known);
              ClientPort client = known.client();
              if (client != null) {
                // Not before the codec has let go of the connection.
                setup.loop.execute(client::end);
              }
            });
  }

  /** Puts the handler of a connection that was dialled to us into its pipeline. */
  @ChannelHandler.Sharable
  private final class Accepting extends ChannelInitializer<QuicChannel> {

    @Override
    protected void initChannel(QuicChannel made) {
      long deadlineNanos = setup.config.handshakes().deadlineNanos();
      made.pipeline().addLast(new ConnectionHandler(scope, new Accepted(), deadlineNanos));
    }
  }

  /** Admission in the server role. */
  private final class Accepted implements ConnectionHandler.Admission {

    private Handshakes.@Nullable Handshake handshake;

    @Override
    public QuicConnection.Role role() {
      return QuicConnection.Role.SERVER;
    }

    @Override
    public @Nullable PeerVerifier verifier(String alpn) {
      return setup.server.verifiers().get(alpn);
    }

    @Override
    public void began(QuicChannel channel) {
      InetSocketAddress opening = (InetSocketAddress) channel.remoteSocketAddress();
      byte[] chosenId = ConnectionIds.bytes(channel.localAddress());
      Handshakes.Handshake begun = handshakes.begin(opening, chosenId);
      handshake = begun;
      PortConnection known =
          new PortConnection(port.gate().open(QuicConnection.Role.SERVER, opening), null);
      port.connections().add(known, begun.firstId());
      port.connections().add(known, chosenId);
      byte[] replaced = begun.replacedId();
      if (replaced != null) {
        port.connections().addReplaced(known, replaced);
      }
      register(channel, known);
    }

    @Override
    public void admitted(QuicConnection connection) {
      endHandshake();
      counters.add(Counter.ACCEPTED);
      setup.server.accepted().accept(connection);
    }

    @Override
    public void failed(int code, String cause) {
      endHandshake();
    }

    private void endHandshake() {
      if (handshake != null) {
        handshake.end();
      }
    }
  }

  /** Admission in the client role. */
  private final class Dialling implements ConnectionHandler.Admission {

    private final PeerVerifier expected;
    private final Promise<QuicConnection> promise;
    private final PortConnection known;
    private final byte[] id;

    private Dialling(
        PeerVerifier expected, Promise<QuicConnection> promise, PortConnection known, byte[] id) {
      this.expected = expected;
      this.promise = promise;
      this.known = known;
      this.id = id;
    }

    @Override
    public QuicConnection.Role role() {
      return QuicConnection.Role.CLIENT;
    }

    @Override
    public PeerVerifier verifier(String alpn) {
      return expected;
    }

    @Override
    public void began(QuicChannel channel) {
      port.connections().add(known, id);
      register(channel, known);
    }

    @Override
    public void admitted(QuicConnection connection) {
      counters.add(Counter.DIALLED);
      if (!promise.trySuccess(connection)) {
        connection.close(CloseCode.NONE);
      }
    }

    @Override
    public void failed(int code, String cause) {
      counters.add(Counter.DIALS_FAILED);
      promise.tryFailure(new DialException(code, cause));
    }
  }
}
