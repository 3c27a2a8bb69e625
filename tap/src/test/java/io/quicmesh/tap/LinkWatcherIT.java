package io.quicmesh.tap;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.tap.link.IpPrefix;
import io.quicmesh.tap.link.Link;
import io.quicmesh.tap.link.LinkChange;
import io.quicmesh.tap.link.LinkKind;
import io.quicmesh.tap.link.LinkSnapshot;
import io.quicmesh.tap.link.Route;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A host with two uplinks, watched while an operator changes it. */
final class LinkWatcherIT {
  private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
  private Namespace host;
  private Loop loop;
  private LinkWatcher watcher;

  private record Told(LinkSnapshot snapshot, LinkChange change) {}

  @BeforeEach
  void makeHost() throws Exception {
    host = new Namespace("watch");
    host.exec("sysctl -qw net.ipv6.conf.default.accept_dad=0");
    for (int i = 0; i < 2; i++) {
      host.ip("link add up" + i + " type veth peer name far" + i);
      host.ip("link set up" + i + " up");
      host.ip("link set far" + i + " up");
      host.ip("addr add 192.0.2." + (i * 64 + 5) + "/26 dev up" + i);
      host.ip("route add default via 192.0.2." + (i * 64 + 1) + " metric " + (i + 1) * 100);
    }
    loop = new Loop();
    watcher = host.call(() -> LinkWatcher.start(loop.get(), (s, c) -> told.add(new Told(s, c))));
  }

  @AfterEach
  void removeHost() throws Exception {
    watcher.close();
    loop.close();
    host.close();
  }

  @Test
  void tellsTheHostAsItIs() throws Exception {
    LinkSnapshot snapshot = settled();

    assertThat(snapshot.link("lo")).get().extracting(Link::kind).isEqualTo(LinkKind.LOOPBACK);
    assertThat(snapshot.link("up0")).get().extracting(Link::kind).isEqualTo(LinkKind.VETH);
    assertThat(snapshot.link("up0")).get().extracting(Link::isUsable).isEqualTo(true);
    assertThat(snapshot.link("up0")).get().extracting(Link::mtuBytes).isEqualTo(1500);
    assertThat(snapshot.defaultRoutes()).extracting(Route::metric).contains(100L, 200L);
    assertThat(snapshot.routesComplete()).isTrue();
  }

  @Test
  void tellsWhenALinkIsTakenDownAndUp() throws Exception {
    int index = settled().link("up0").orElseThrow().index();

    host.ip("link set up0 down");
    Told down = await(now -> now.change().linksLost().contains(index));
    assertThat(down.snapshot().link("up0")).get().extracting(Link::up).isEqualTo(false);
    assertThat(down.change().defaultRoutesChanged()).isTrue();
    assertThat(down.snapshot().defaultRoutes()).noneMatch(route -> route.linkIndex() == index);

    host.ip("link set up0 up");
    await(now -> now.change().linksGained().contains(index));
  }

  @Test
  void tellsWhenALinkLosesItsCarrierAndKeepsItsRoutes() throws Exception {
    int index = settled().link("up0").orElseThrow().index();

    host.ip("link set far0 down");

    Told lost = await(now -> now.change().linksLost().contains(index));
    assertThat(lost.snapshot().link("up0")).get().extracting(Link::up).isEqualTo(true);
    assertThat(lost.snapshot().link("up0")).get().extracting(Link::carrier).isEqualTo(false);
    assertThat(lost.snapshot().defaultRoutes()).anyMatch(route -> route.linkIndex() == index);

    host.ip("link set far0 up");
    await(now -> now.change().linksGained().contains(index));
  }

  @Test
  void tellsWhenAnAddressComesAndGoes() throws Exception {
    int index = settled().link("up1").orElseThrow().index();

    host.ip("addr add 198.51.100.7/24 dev up1");
    Told added = await(now -> !now.change().addressesAdded().isEmpty());
    assertThat(added.snapshot().addressesOf(index))
        .anyMatch(address -> address.prefix().equals(IpPrefix.parse("198.51.100.7/24")));

    host.ip("addr add 2001:db8::7/64 dev up1");
    await(now -> hasAddress(now, "2001:db8::7/64"));

    host.ip("addr del 198.51.100.7/24 dev up1");
    Told gone = await(now -> !now.change().addressesRemoved().isEmpty());
    assertThat(hasAddress(gone, "198.51.100.7/24")).isFalse();
  }

  @Test
  void tellsWhenTheDefaultRouteMoves() throws Exception {
    settled();

    host.ip("route replace default via 192.0.2.65 metric 10");

    Told moved = await(now -> now.change().defaultRoutesChanged());
    assertThat(moved.change().routesAdded()).extracting(Route::metric).containsExactly(10L);
    assertThat(moved.change().linksAdded()).isEmpty();
  }

  @Test
  void tellsABurstOfChangesAtOnce() throws Exception {
    settled();

    StringBuilder batch = new StringBuilder();
    for (int i = 1; i <= 100; i++) {
      batch.append("route add 10.9.").append(i).append(".0/24 via 192.0.2.1\n");
    }
    host.batch(batch.toString());

    Told burst = await(now -> now.change().routesAdded().size() > 1);
    int added = burst.change().routesAdded().size();
    while (added < 100) {
      added += await(now -> true).change().routesAdded().size();
    }
    assertThat(burst.change().routesAdded()).hasSizeGreaterThan(20);
  }

  @Test
  void goesOnAfterMoreNotificationsThanItsSocketHolds() throws Exception {
    settled();
    StringBuilder batch = new StringBuilder();
    for (int i = 0; i < 4_000; i++) {
      String route = "route %s 10.8." + i % 250 + ".0/24 via 192.0.2.1\n";
      batch.append(String.format(route, "add")).append(String.format(route, "del"));
    }
    batch.append("addr add 198.51.100.8/24 dev up0\n");
    loop.get()
        .execute(
            () -> {
              try {
                host.batch(batch.toString());
              } catch (Exception e) {
                throw new AssertionError("the batch failed", e);
              }
            });

    await(now -> hasAddress(now, "198.51.100.8/24"));
  }

  @Test
  void seesNewAndRemovedLinks() throws Exception {
    settled();

    host.ip("link add br0 type bridge");
    Told made = await(now -> now.snapshot().link("br0").isPresent());
    assertThat(made.snapshot().link("br0")).get().extracting(Link::kind).isEqualTo(LinkKind.BRIDGE);

    host.ip("link del br0");
    await(now -> now.snapshot().link("br0").isEmpty());
  }

  @Test
  void tellsNothingAfterItWasClosed() throws Exception {
    settled();

    watcher.close();
    host.ip("link set up0 down");

    assertThat(told.poll(400, TimeUnit.MILLISECONDS)).isNull();
  }

  /** Waits for the first snapshot, and for what the kernel still does to young links. */
  private LinkSnapshot settled() throws InterruptedException {
    LinkSnapshot latest = await(now -> true).snapshot();
    for (Told next = told.poll(600, TimeUnit.MILLISECONDS);
        next != null;
        next = told.poll(600, TimeUnit.MILLISECONDS)) {
      latest = next.snapshot();
    }
    return latest;
  }

  private Told await(Predicate<Told> condition) throws InterruptedException {
    for (Told next = told.poll(10, TimeUnit.SECONDS);
        next != null;
        next = told.poll(10, TimeUnit.SECONDS)) {
      if (condition.test(next)) {
        return next;
      }
    }
    throw new AssertionError("it was not told");
  }

  private static boolean hasAddress(Told now, String prefix) {
    return now.snapshot().addresses().stream()
        .anyMatch(address -> address.prefix().equals(IpPrefix.parse(prefix)));
  }
}
