package io.quicmesh.node;

import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.quicmesh.migration.NetworkChange;
import io.quicmesh.migration.NetworkClassifier;
import io.quicmesh.migration.NetworkView;
import io.quicmesh.migration.SleepDetector;
import io.quicmesh.migration.UplinkUse;
import io.quicmesh.migration.Wake;
import io.quicmesh.tap.LinkWatcher;
import io.quicmesh.tap.TapException;
import io.quicmesh.tap.link.LinkSnapshot;
import io.quicmesh.transport.quic.RouteLookup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the host's network on a thread of its own, since a host may have thousands of routes, and
 * tells the node's event loop what changes mean. The state belongs to that thread; the methods may
 * be called from any.
 */
final class NetworkWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(NetworkWatch.class);

  private static final long TICK_MILLIS = 1000;
  private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long DELAY_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** Hears of changes, on the node's event loop. */
  interface Listener {

    /**
     * The network changed, or is seen for the first time.
     *
     * @param now with the uplinks that the kernel would choose for our connections
     */
    void networkChanged(NetworkChange change, NetworkView now);
  }

  private final NetworkViews views;
  private final Executor told;
  private final Listener listener;
  private final InstantSource clock;
  private final MultiThreadIoEventLoopGroup group;
  private final IoEventLoop loop;
  private final SleepDetector sleep;
  private final Map<InetSocketAddress, UplinkUse> uses = new LinkedHashMap<>();
  private Set<InetSocketAddress> remotes = Set.of();
  private NetworkClassifier classifier = new NetworkClassifier();
  private LinkSnapshot snapshot = LinkSnapshot.EMPTY;
  private @Nullable String bound;
  private @Nullable LinkWatcher watcher;

  /**
   * @param ownTap the name of our TAP device
   * @param told where the listener is called
   */
  NetworkWatch(String ownTap, InstantSource clock, Executor told, Listener listener) {
    this.views = new NetworkViews(ownTap);
    this.clock = clock;
    this.told = told;
    this.listener = listener;
    this.group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("quicmesh-links", true), EpollIoHandler.newFactory());
    this.loop = group.next();
    this.sleep = new SleepDetector(clock.instant(), System.nanoTime());
  }

  /** Begins to watch the network namespace that the calling thread is in. */
  void start() throws TapException {
    watcher =
        LinkWatcher.start(loop, (now, change) -> linksChanged(now), QUIET_NANOS, DELAY_MAX_NANOS);
    var unused =
        loop.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** The underlay addresses that connections run to now. */
  void setRemotes(Set<InetSocketAddress> now) {
    Set<InetSocketAddress> copy = Set.copyOf(now);
    execute(() -> replaceRemotes(copy));
  }

  /** The interface that the node's socket is bound to; null if the kernel chooses. */
  void setBound(@Nullable String interfaceName) {
    execute(
        () -> {
          bound = interfaceName;
          rebase();
        });
  }

  private void execute(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.debug("the network is not watched any more");
    }
  }

  /**
   * Not all changes of the kernel's choice are told: over IPv6 it passes over a router that does
   * not answer, and comes back to it, without a change of a route (RFC 4191, section 3.2).
   */
  private void tick() {
    sleep.handleDeadline(clock.instant(), System.nanoTime());
    for (Wake wake = sleep.poll(); wake != null; wake = sleep.poll()) {
      tell(wake.change(), kernelsView());
    }
    Map<InetSocketAddress, UplinkUse> before = Map.copyOf(uses);
    lookUpAll();
    if (!uses.equals(before)) {
      classify();
    }
  }

  private void linksChanged(LinkSnapshot now) {
    snapshot = now;
    lookUpAll();
    classify();
  }

  private void classify() {
    NetworkChange change = classifier.handleView(view());
    tell(change, kernelsView());
  }

  private void lookUpAll() {
    uses.clear();
    remotes.forEach(this::lookUp);
  }

  /** Where our connections lead is no change of the network: it is compared with from now on. */
  private void replaceRemotes(Set<InetSocketAddress> now) {
    if (now.equals(remotes)) {
      return;
    }
    remotes = now;
    uses.keySet().retainAll(now);
    for (InetSocketAddress remote : now) {
      if (!uses.containsKey(remote)) {
        lookUp(remote);
      }
    }
    rebase();
  }

  private void rebase() {
    classifier = new NetworkClassifier();
    classifier.handleView(view());
    tell(null, kernelsView());
  }

  private void lookUp(InetSocketAddress remote) {
    InetAddress source = RouteLookup.source(remote);
    String name = source == null ? null : views.interfaceOf(snapshot, source);
    if (name != null) {
      uses.put(remote, new UplinkUse(name, source));
    }
  }

  /** As our connections leave. */
  private NetworkView view() {
    String name = bound;
    return name == null ? kernelsView() : views.view(snapshot, Set.of(new UplinkUse(name, null)));
  }

  /** As they would leave if the kernel chose. */
  private NetworkView kernelsView() {
    return views.view(snapshot, new HashSet<>(uses.values()));
  }

  private void tell(@Nullable NetworkChange change, NetworkView now) {
    NetworkChange what = change == null ? NetworkChange.NOTHING : change;
    try {
      told.execute(() -> listener.networkChanged(what, now));
    } catch (RejectedExecutionException e) {
      LOG.debug("the node has ended");
    }
  }

  @Override
  public void close() {
    LinkWatcher open = watcher;
    if (open != null) {
      open.close();
    }
    var unused = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
