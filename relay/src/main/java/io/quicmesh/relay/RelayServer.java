package io.quicmesh.relay;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseCombiner;
import io.netty.util.concurrent.ScheduledFuture;
import io.quicmesh.monitor.FactsSource;
import io.quicmesh.monitor.api.AdminEvent;
import io.quicmesh.monitor.api.RelayFacts;
import io.quicmesh.relay.core.Greeting;
import io.quicmesh.relay.core.Meters;
import io.quicmesh.relay.core.RevokedList;
import io.quicmesh.relay.core.Switchboard;
import io.quicmesh.transport.carrier.Addresses;
import io.quicmesh.transport.identity.JoinerVerifier;
import io.quicmesh.transport.identity.MemberVerifier;
import io.quicmesh.transport.identity.PeerVerifier;
import io.quicmesh.transport.identity.RevokedKeys;
import io.quicmesh.transport.identity.TransportIdentity;
import io.quicmesh.transport.quic.Alpn;
import io.quicmesh.transport.quic.ConnectionStats;
import io.quicmesh.transport.quic.EndpointConfig;
import io.quicmesh.transport.quic.PortConfig;
import io.quicmesh.transport.quic.QuicEndpoint;
import io.quicmesh.transport.quic.ServerRole;
import io.quicmesh.transport.wire.Fingerprint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running relay: its UDP ports, and everything behind them on one event loop. Only lists of
 * revoked keys outlive it. Every method may be called from any thread.
 */
public final class RelayServer implements FactsSource {

  private static final Logger LOG = LoggerFactory.getLogger(RelayServer.class);

  /**
   * What a relay needs of its process.
   *
   * @param loop an epoll event loop, which may have other work as well
   * @param workers where signatures are checked, and lists of revoked keys are kept
   * @param store where those are kept
   */
  public record Host(EventLoop loop, Executor workers, RevocationStore store) {

    /** A process in which nothing outlives the relay. */
    public Host(EventLoop loop, Executor workers) {
      this(loop, workers, RevocationStore.NONE);
    }
  }

  private final EventLoop loop;
  private final Executor workers;
  private final TransportIdentity identity;
  private final RelayConfig config;
  private final RelayLoop relay;
  private final RelayJournal journal;
  private final Promise<Void> drained;
  private final Promise<Void> stopped;
  private final List<QuicEndpoint> endpoints = new ArrayList<>();
  private @Nullable RelayFactsReader facts;
  private @Nullable ScheduledFuture<?> tick;
  private boolean stopping;

  private RelayServer(
      Host host, RelayConfig config, TransportIdentity identity, DocumentChecks checks) {
    this.loop = host.loop;
    this.workers = host.workers;
    this.config = config;
    this.identity = identity;
    this.drained = loop.newPromise();
    this.stopped = loop.newPromise();
    this.journal = new RelayJournal(drained, config.limits().times().migrationNanos());
    Greeting greeting = new Greeting(new SecureRandom().nextLong(), config.software());
    this.relay =
        new RelayLoop(
            loop,
            new Switchboard(config.limits(), config.allowed(), greeting),
            new Meters(config.limits().rates()),
            checks,
            journal);
  }

  /**
   * Starts a relay; the future succeeds when every address is bound.
   *
   * @param identity the relay's self-signed key, whose fingerprint nodes pin
   */
  public static Future<RelayServer> start(
      Host host, RelayConfig config, TransportIdentity identity) {
    RelayServer server =
        new RelayServer(host, config, identity, new SignedDocuments(host.workers, host.store));
    Promise<RelayServer> started = host.loop.newPromise();
    host.workers.execute(
        () -> {
          Map<Fingerprint, RevokedList> lists = server.load(host.store);
          host.loop.execute(
              () -> {
                lists.forEach(server.relay.switchboard()::restore);
                server.bind(host, config.listen().iterator(), started);
              });
        });
    return started;
  }

  /** A relay that has forgotten whom to refuse is still of use: nodes bring the lists again. */
  private Map<Fingerprint, RevokedList> load(RevocationStore store) {
    Map<Fingerprint, RevokedList> lists = new LinkedHashMap<>();
    try {
      store
          .load()
          .forEach(
              (network, signed) -> {
                RevokedList list = SignedDocuments.open(network, signed);
                if (list != null) {
                  lists.put(network, list);
                }
              });
    } catch (IOException e) {
      LOG.warn("revocations of an earlier run are not read reason={}", e.getMessage());
    }
    return lists;
  }

  /** The addresses that are bound, in the order of the settings. */
  public List<InetSocketAddress> addresses() {
    return endpoints.stream().map(endpoint -> endpoint.port().localAddress()).toList();
  }

  /** Sets who is told of events, on the event loop. */
  public void setEventListener(Consumer<AdminEvent> listener) {
    journal.setListener(listener);
  }

  /** Tells all nodes to move elsewhere; the relay stops when they have, or after this time. */
  public void drain(Duration grace) {
    loop.execute(
        () -> {
          LOG.info("draining clients={} graceMs={}", relay.links().size(), grace.toMillis());
          relay.drain((int) Math.min(grace.toMillis(), Integer.MAX_VALUE));
        });
  }

  /** Done when the relay has stopped, for whatever reason. */
  public Future<Void> stopped() {
    return stopped;
  }

  /** Closes all connections with the reason that the relay is stopping, then the ports. */
  public Future<Void> stop() {
    loop.execute(this::close);
    return stopped;
  }

  @Override
  public CompletionStage<RelayFacts> facts() {
    CompletableFuture<RelayFacts> result = new CompletableFuture<>();
    loop.execute(
        () -> {
          if (facts == null) {
            result.completeExceptionally(new IllegalStateException("the relay has stopped"));
          } else {
            result.complete(facts.read(counters()));
          }
        });
    return result;
  }

  private void bind(Host host, Iterator<InetSocketAddress> rest, Promise<RelayServer> started) {
    if (!rest.hasNext()) {
      begin();
      started.setSuccess(this);
      return;
    }
    InetSocketAddress address = rest.next();
    EndpointConfig endpoint =
        new EndpointConfig(
            PortConfig.of(address), config.quic().transport(), config.quic().handshakes());
    QuicEndpoint.bind(loop, host.workers, endpoint, identity, serverRole())
        .addListener(
            (Future<QuicEndpoint> bound) -> {
              if (bound.isSuccess()) {
                endpoints.add(bound.getNow());
                bind(host, rest, started);
              } else {
                close();
                started.setFailure(new BindFailedException(address, bound.cause()));
              }
            });
  }

  /**
   * Networks that are not allowed are refused by the switchboard rather than here, because there
   * the operator gets to read which network it was.
   */
  private ServerRole serverRole() {
    PeerVerifier members =
        MemberVerifier.ofNetworks(any -> true, RevokedKeys.NONE, InstantSource.system());
    return new ServerRole(
        Map.of(Alpn.RELAY, members, Alpn.JOIN, new JoinerVerifier()), relay::handleConnection);
  }

  private void begin() {
    RelayFactsReader.About about =
        new RelayFactsReader.About(
            identity.fingerprint().toString(),
            config.version(),
            Instant.now(),
            addresses().stream().map(Addresses::text).toList());
    facts = new RelayFactsReader(about, relay, config.limits(), journal.migrations());
    tick = loop.scheduleWithFixedDelay(this::tick, 1, 1, TimeUnit.SECONDS);
    drained.addListener(done -> close());
    LOG.info("relay up local={} relay={}", about.listen(), identity.fingerprint());
  }

  private void tick() {
    journal.tick();
    relay.tellHeard();
    for (NodeLink link : relay.links()) {
      link.connection
          .stats()
          .addListener(
              (Future<ConnectionStats> stats) -> {
                if (stats.isSuccess()) {
                  link.rttNanos = stats.getNow().active().window().rttNanos();
                }
              });
    }
  }

  private Map<String, Long> counters() {
    Map<String, Long> sum = new TreeMap<>();
    for (QuicEndpoint endpoint : endpoints) {
      endpoint.counters().forEach((name, count) -> sum.merge(name, count, Long::sum));
    }
    return sum;
  }

  private void close() {
    if (stopping) {
      return;
    }
    stopping = true;
    PromiseCombiner closing = new PromiseCombiner(loop);
    for (QuicEndpoint endpoint : endpoints) {
      closing.add((Future<?>) endpoint.close());
    }
    Promise<Void> closed = loop.newPromise();
    closing.finish(closed);
    closed.addListener(
        done -> {
          relay.stop();
          if (tick != null) {
            tick.cancel(false);
          }
          if (facts != null) {
            facts = null;
            LOG.info("relay stopped local={}", addresses().stream().map(Addresses::text).toList());
          }
          finishWork();
        });
  }

  /** What is to be kept is kept before the relay has stopped. */
  private void finishWork() {
    try {
      workers.execute(() -> stopped.trySuccess(null));
    } catch (RejectedExecutionException e) {
      LOG.debug("the workers ended before the relay", e);
      stopped.trySuccess(null);
    }
  }
}
