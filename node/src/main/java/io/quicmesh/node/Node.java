package io.quicmesh.node;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.quicmesh.monitor.api.AdminEvent;
import io.quicmesh.monitor.api.NodeFacts;
import io.quicmesh.node.membership.JoinDesk;
import io.quicmesh.node.membership.JoinServer;
import io.quicmesh.node.membership.RegistrarService;
import io.quicmesh.tap.TapDevice;
import io.quicmesh.transport.carrier.Addresses;
import io.quicmesh.transport.identity.EndToEndTlsWorker;
import io.quicmesh.transport.identity.MemberVerifier;
import io.quicmesh.transport.identity.RevokedKeys;
import io.quicmesh.transport.quic.Alpn;
import io.quicmesh.transport.quic.EndpointConfig;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.quic.QuicEndpoint;
import io.quicmesh.transport.quic.ServerRole;
import io.quicmesh.transport.quic.Urgency;
import io.quicmesh.transport.session.CipherWarmUp;
import io.quicmesh.transport.session.FlightBudget;
import io.quicmesh.transport.wire.Opaque;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running mesh node: puts TAP device, UDP port, sessions and relays together on one event loop,
 * and takes them apart again.
 */
public final class Node implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  private static final long START_SECONDS_MAX = 10;
  private static final long RING_DROPS_SECONDS = 1;

  /** After the start, which needs the processors itself. */
  private static final long WARM_UP_SECONDS = 2;

  private final IoEventLoop loop;
  private final MultiThreadIoEventLoopGroup group;
  private final ExecutorService helper;
  private final TapDevice tap;
  private final NodeContext context;
  private final NodeJournal journal;
  private final Mesh mesh;
  private final Relays relays;
  private final StaticPeers staticPeers;
  private final Underlay underlay;
  private final NodeFactsReader facts;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final CompletableFuture<String> failed = new CompletableFuture<>();

  private Node(
      MultiThreadIoEventLoopGroup group,
      ExecutorService helper,
      TapDevice tap,
      NodeContext context) {
    this.group = group;
    this.loop = (IoEventLoop) context.loop();
    this.helper = helper;
    this.tap = tap;
    this.context = context;
    this.journal = new NodeJournal(context);
    this.mesh = new Mesh(context, tap, journal);
    this.relays = new Relays(context, helper, mesh.relayNews());
    this.staticPeers = new StaticPeers(context, mesh);
    this.facts = new NodeFactsReader(context, tap, mesh, relays, journal);
    this.underlay = new Underlay(context, tap.name(), mesh, relays, journal);
    mesh.setRelays(relays);
    mesh.setCandidates(underlay::candidates);
    journal.onReady(() -> ready.complete(null));
    journal.onFatal(failed::complete);
  }

  /**
   * Starts a node on a TAP device that is open; the node closes it when it ends, also if it does
   * not start.
   *
   * @throws IOException with one line for the operator
   */
  public static Node start(
      TapDevice tap,
      EndpointConfig endpointConfig,
      NodeIdentity identity,
      NodeSettings settings,
      RevokedKeys revoked)
      throws IOException {
    MultiThreadIoEventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("quicmesh-loop"), EpollIoHandler.newFactory());
    ExecutorService helper =
        Executors.newCachedThreadPool(new DefaultThreadFactory("quicmesh-helper", true));
    EndToEndTlsWorker tls = EndToEndTlsWorker.start(System::nanoTime);
    try {
      IoEventLoop loop = group.next();
      Node[] node = new Node[1];
      MemberVerifier members =
          MemberVerifier.ofNetwork(identity.network(), revoked, InstantSource.system());
      ServerRole server =
          new ServerRole(Map.of(Alpn.NODE, members), connection -> accept(node[0], connection));
      QuicEndpoint endpoint =
          await(QuicEndpoint.bind(loop, helper, endpointConfig, identity.transport(), server));
      SecureRandom random = new SecureRandom();
      NodeContext context =
          new NodeContext(
              loop,
              endpoint,
              tls,
              identity,
              settings,
              revoked,
              new FlightBudget(settings.flightBytesMax()),
              InstantSource.system(),
              random.nextLong(),
              tap.mtuBytes(),
              random,
              PooledByteBufAllocator.DEFAULT);
      await(loop.submit(() -> node[0] = new Node(group, helper, tap, context)));
      await(tap.start(loop, node[0].mesh.frames()));
      node[0].underlay.start();
      await(loop.submit(node[0].relays::start));
      await(loop.submit(node[0].staticPeers::start));
      var unused =
          loop.scheduleAtFixedRate(
              node[0]::readRingDrops, RING_DROPS_SECONDS, RING_DROPS_SECONDS, TimeUnit.SECONDS);
      var unusedWarmUp =
          loop.schedule(
              () -> helper.execute(() -> CipherWarmUp.run(PooledByteBufAllocator.DEFAULT)),
              WARM_UP_SECONDS,
              TimeUnit.SECONDS);
      LOG.info(
          "node started node={} tap={} local={}",
          identity.name(),
          tap.name(),
          Addresses.text(endpoint.port().localAddress()));
      return node[0];
    } catch (IOException | RuntimeException e) {
      tap.close();
      tls.close();
      helper.shutdownNow();
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
      throw e;
    }
  }

  private static void accept(Node node, QuicConnection connection) {
    node.mesh.accept(connection);
  }

  private static <T> T await(Future<T> future) throws IOException {
    try {
      return future.get(START_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw cause instanceof IOException io
          ? io
          : new IOException(cause == null ? "start failed" : cause.getMessage(), cause);
    } catch (TimeoutException e) {
      throw new IOException("the node did not start in " + START_SECONDS_MAX + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while starting", e);
    }
  }

  private void readRingDrops() {
    helper.execute(
        () -> {
          try {
            long drops = tap.ringDrops();
            loop.execute(() -> facts.setRingDrops(drops));
          } catch (IOException e) {
            LOG.debug("drops of {} cannot be read", tap.name(), e);
          }
        });
  }

  /** Done when the first attempt to reach a relay has ended. */
  public CompletionStage<Void> ready() {
    return ready;
  }

  /** Done, with one line, when the node cannot go on. */
  public CompletionStage<String> failed() {
    return failed;
  }

  /** Takes over what of the settings can change while the node runs. Any thread. */
  public void reload(NodeSettings settings) {
    loop.execute(
        () -> {
          staticPeers.replace(settings.directPeers());
          mesh.frameSwitch().setLimits(settings.switching(), context.nowNanos());
        });
  }

  /** Tells a watcher of everything that happens from now on. Any thread. */
  public void onEvent(Consumer<AdminEvent> watcher) {
    loop.execute(() -> journal.onEvent(watcher));
  }

  /** Hears of revocation lists that relays pass on; called on a helper thread. */
  public void onRevocations(Consumer<byte[]> handler) {
    loop.execute(() -> journal.onRevocations(list -> helper.execute(() -> handler.accept(list))));
  }

  /** Hears of refused peers and alerts, one line each; called on a helper thread. */
  public void onRefusal(Consumer<String> handler) {
    loop.execute(() -> journal.onRefusal(line -> helper.execute(() -> handler.accept(line))));
  }

  /** Gives relays and peers the newest revocation list, now and whenever one comes. Any thread. */
  public void announceRevocations(byte @Nullable [] signedList) {
    if (signedList != null) {
      loop.execute(
          () -> {
            relays.announceRevocations(signedList);
            mesh.announceRevocations(Opaque.of(signedList));
          });
    }
  }

  /** Ends the sessions and connections of peers whose keys are revoked by now. Any thread. */
  public void endRevoked() {
    loop.execute(mesh::endRevoked);
  }

  /**
   * Answers hosts that join, for registrars. Any thread.
   *
   * @param registrar the one thread on which the desk works
   */
  public void serveJoins(JoinDesk desk, RegistrarService service, Executor registrar) {
    registrar.execute(
        () -> {
          Opaque claim = Opaque.of(service.claim(context.identity().id(), context.bootId()));
          loop.execute(() -> relays.announceRegistrar(claim));
        });
    loop.execute(
        () -> {
          context.membership().setRegistrar(desk::refusals);
          JoinServer server = new JoinServer(desk, service, context.tls(), loop, registrar);
          journal.onJoin(
              (relay, header, stream) ->
                  server.accept(
                      stream, relay.connection().openStream(header, Urgency.SESSION_CONTROL)));
        });
  }

  /** Shows another certificate of the same key from now on. Any thread. */
  public void setIdentity(NodeIdentity renewed) {
    loop.execute(
        () -> {
          context.membership().handleRenewed(renewed);
          context
              .endpoint()
              .setIdentity(renewed.transport())
              .addListener(
                  shown -> {
                    relays.announceCertificate();
                    mesh.tellRenewed();
                  });
        });
  }

  /** This host's certificate could not be renewed; shown until it is. Any thread. */
  public void setNotRenewed(String oneLine) {
    showProblem(NodeMembership.Problem.NOT_RENEWED, oneLine);
  }

  /** This host's key is revoked; nothing helps but a new one. Any thread. */
  public void setRevoked(String oneLine) {
    showProblem(NodeMembership.Problem.REVOKED, oneLine);
  }

  private void showProblem(NodeMembership.Problem problem, String oneLine) {
    loop.execute(() -> context.membership().handleProblem(problem, oneLine, context.nowNanos()));
  }

  /** Runs something on the event loop. Any thread. */
  public void execute(Runnable action) {
    loop.execute(action);
  }

  /** Runs something that may block beside the event loop. Any thread. */
  public void runAside(Runnable action) {
    helper.execute(action);
  }

  /** A snapshot of everything that can be watched. Any thread. */
  public CompletionStage<NodeFacts> facts() {
    return onLoop(running -> CompletableFuture.completedFuture(facts.read()));
  }

  /** Runs something on the event loop that answers later. Any thread. */
  <T> CompletionStage<T> onLoop(Function<Node, CompletionStage<T>> action) {
    CompletableFuture<T> result = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            action
                .apply(this)
                .whenComplete(
                    (value, failure) -> {
                      if (failure != null) {
                        result.completeExceptionally(failure);
                      } else {
                        result.complete(value);
                      }
                    });
          } catch (RuntimeException e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  String tapName() {
    return tap.name();
  }

  NodeContext context() {
    return context;
  }

  Mesh mesh() {
    return mesh;
  }

  Relays relays() {
    return relays;
  }

  Underlay underlay() {
    return underlay;
  }

  NodeJournal journal() {
    return journal;
  }

  NodeFactsReader factsReader() {
    return facts;
  }

  /** Stops everything in order; the TAP device is gone when it returns. */
  @Override
  public void close() {
    try {
      loop.submit(
              () -> {
                tap.pauseReading();
                staticPeers.close();
                relays.close();
                mesh.close();
              })
          .await(1, TimeUnit.SECONDS);
      context.endpoint().close().await(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    underlay.close();
    tap.close();
    context.tls().close();
    helper.shutdownNow();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }

  /** The allocator of the data path. */
  public static PooledByteBufAllocator allocator() {
    return PooledByteBufAllocator.DEFAULT;
  }
}
