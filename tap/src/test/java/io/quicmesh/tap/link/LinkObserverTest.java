package io.quicmesh.tap.link;

import static io.quicmesh.tap.link.Messages.LOWER_UP;
import static io.quicmesh.tap.link.Messages.UP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.quicmesh.tap.link.LinkObserver.Output;
import io.quicmesh.tap.link.LinkObserver.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

final class LinkObserverTest {
  private static final long MILLI = 1_000_000;

  private final LinkObserver observer = new LinkObserver(50 * MILLI, 200 * MILLI, 0);

  private UnaryOperator<Messages> links = answer -> answer.link(2, "eth0", UP | LOWER_UP);
  private UnaryOperator<Messages> addresses = answer -> answer.address(2, "192.0.2.5/24", 0);
  private UnaryOperator<Messages> routes = answer -> answer.route("0.0.0.0/0", 2, "192.0.2.1", 100);

  @Test
  void tellsEverythingAtTheStart() {
    observer.handleStart(0);

    Output.Changed changed = answerDump(0).get(0);

    Link eth0 = new Link(2, "eth0", LinkKind.PHYSICAL, true, true, 1500, 0);
    LinkAddress address = new LinkAddress(2, IpPrefix.parse("192.0.2.5/24"), true, false, false);
    Route route =
        new Route(
            IpPrefix.parse("0.0.0.0/0"),
            2,
            IpPrefix.parse("192.0.2.1").address(),
            100,
            Route.MAIN_TABLE);
    assertThat(changed.snapshot().links()).containsExactly(eth0);
    assertThat(changed.snapshot().addresses()).containsExactly(address);
    assertThat(changed.snapshot().routes()).containsExactly(route);
    assertThat(changed.change())
        .isEqualTo(LinkChange.between(LinkSnapshot.EMPTY, changed.snapshot()));
    assertThat(observer.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void looksAgainWhenABurstOfNotificationsIsOver() {
    start();
    notifyAt(1_000);
    notifyAt(1_030);
    assertThat(observer.nextDeadlineNanos()).isEqualTo(1_080 * MILLI);

    observer.handleDeadline(1_079 * MILLI);
    assertThat(observer.poll()).isNull();
    observer.handleDeadline(1_080 * MILLI);
    links = answer -> answer.link(2, "eth0", UP);

    List<Output.Changed> changes = answerDump(1_081);
    assertThat(changes).hasSize(1);
    assertThat(changes.get(0).change().linksLost()).containsExactly(2);
    assertThat(changes.get(0).change().defaultRoutesChanged()).isFalse();
  }

  @Test
  void doesNotWaitForTheEndOfAnEndlessBurst() {
    start();
    for (int at = 1_000; at < 1_200; at += 10) {
      notifyAt(at);
    }

    assertThat(observer.nextDeadlineNanos()).isEqualTo(1_200 * MILLI);
  }

  @Test
  void tellsNothingWhenNothingIsDifferent() {
    start();
    notifyAt(1_000);
    observer.handleDeadline(1_050 * MILLI);

    assertThat(answerDump(1_050)).isEmpty();
  }

  @Test
  void tellsTheRoutesThatWentWithoutNotification() {
    start();
    observer.handleMessages(Messages.notification().link(2, "eth0", 0).buf(), 1_000 * MILLI);
    observer.handleDeadline(1_050 * MILLI);
    links = answer -> answer.link(2, "eth0", 0);
    routes = UnaryOperator.identity();

    LinkChange change = answerDump(1_050).get(0).change();

    assertThat(change.routesRemoved()).hasSize(1);
    assertThat(change.defaultRoutesChanged()).isTrue();
  }

  @Test
  void looksOnceMoreWhenSomethingChangesDuringALook() {
    start();
    notifyAt(1_000);
    observer.handleDeadline(1_050 * MILLI);
    notifyAt(1_051);

    answerDump(1_052);

    assertThat(observer.nextDeadlineNanos()).isEqualTo(1_101 * MILLI);
  }

  @Test
  void looksAgainAfterAnOverrun() {
    start();
    observer.handleOverrun(1_000 * MILLI);

    observer.handleDeadline(1_050 * MILLI);

    assertThat(observer.poll()).isInstanceOf(Output.Request.class);
  }

  @Test
  void dropsAnInterruptedAnswerAndAsksAgain() {
    start();
    notifyAt(1_000);
    observer.handleDeadline(1_050 * MILLI);
    Output.Request request = nextRequest(Part.LINKS);
    observer.handleMessages(
        Messages.interruptedAnswer(request.sequence()).link(7, "new", UP).done().buf(),
        1_050 * MILLI);
    answerPart(Part.ADDRESSES, addresses, 1_050);
    answerPart(Part.ROUTES, routes, 1_050);

    assertThat(observer.poll()).isNull();
    assertThat(observer.nextDeadlineNanos()).isEqualTo(1_100 * MILLI);
  }

  @Test
  void asksAgainWhenAnAnswerFailsOrNeverComes() {
    start();
    notifyAt(1_000);
    observer.handleDeadline(1_050 * MILLI);
    Output.Request refused = nextRequest(Part.LINKS);
    observer.handleMessages(Messages.answer(refused.sequence()).error(16).buf(), 1_051 * MILLI);
    observer.handleDeadline(1_101 * MILLI);
    nextRequest(Part.LINKS);

    observer.handleDeadline(3_100 * MILLI);
    assertThat(observer.poll()).isNull();
    observer.handleDeadline(3_101 * MILLI);
    nextRequest(Part.LINKS);
  }

  @Test
  void ignoresAnswersToEarlierRequests() {
    start();
    observer.handleMessages(Messages.answer(1).link(9, "old", UP).done().buf(), 1_000 * MILLI);

    assertThat(observer.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(observer.poll()).isNull();
  }

  @Test
  void restsLongerWhereALookTakesLong() {
    observer.handleStart(0);
    answerPart(Part.LINKS, links, 100);
    answerPart(Part.ADDRESSES, addresses, 200);
    answerPart(Part.ROUTES, routes, 300);
    notifyAt(310);

    assertThat(observer.nextDeadlineNanos()).isEqualTo((300 + 10 * 300) * MILLI);
  }

  @Test
  void keepsABoundedNumberOfRoutesAndSaysSo() {
    routes =
        answer -> {
          for (int i = 0; i < 5_000; i++) {
            answer.route("10." + i / 256 + "." + i % 256 + ".0/24", 2, "192.0.2.1", 1);
          }
          return answer;
        };
    observer.handleStart(0);

    LinkSnapshot snapshot = answerDump(0).get(0).snapshot();

    assertThat(snapshot.routes()).hasSize(4_096);
    assertThat(snapshot.routesComplete()).isFalse();
  }

  @Test
  void readsKindsAndStatesOfLinks() {
    links =
        answer ->
            answer
                .link(1, "lo", UP | LOWER_UP | 0x8)
                .link(3, "qm0", UP | LOWER_UP, "tun")
                .link(4, "br0", 0, "bridge")
                .link(5, "docker0", UP, "bridge")
                .link(6, "veth12ab34c", UP, "veth")
                .link(7, "uplink", UP, "veth")
                .link(8, "wg0", UP, "wireguard")
                .link(9, "strange", UP, "new-kind");
    observer.handleStart(0);

    LinkSnapshot snapshot = answerDump(0).get(0).snapshot();

    assertThat(snapshot.links())
        .extracting(Link::kind)
        .containsExactly(
            LinkKind.LOOPBACK,
            LinkKind.TUN,
            LinkKind.BRIDGE,
            LinkKind.CONTAINER,
            LinkKind.CONTAINER,
            LinkKind.VETH,
            LinkKind.WIREGUARD,
            LinkKind.OTHER);
    assertThat(snapshot.link("br0")).get().extracting(Link::up).isEqualTo(false);
    assertThat(snapshot.link(3)).get().extracting(Link::isUsable).isEqualTo(true);
    assertThat(snapshot.link(5)).get().extracting(Link::isUsable).isEqualTo(false);
  }

  @Test
  void readsBothFamiliesAndStatesOfAddresses() {
    addresses =
        answer ->
            answer
                .address(2, "2001:db8::5/64", 0)
                .address(2, "2001:db8::6/64", Messages.TENTATIVE)
                .address(2, "fe80::1/64", 0x20);
    observer.handleStart(0);

    LinkSnapshot snapshot = answerDump(0).get(0).snapshot();

    assertThat(snapshot.addressesOf(2))
        .containsExactly(
            new LinkAddress(2, IpPrefix.parse("2001:db8::5/64"), true, false, false),
            new LinkAddress(2, IpPrefix.parse("2001:db8::6/64"), false, false, false),
            new LinkAddress(2, IpPrefix.parse("fe80::1/64"), true, true, false));
  }

  @Test
  void readsOnlyRoutesThatLeadAway() {
    routes =
        answer ->
            answer
                .route("::/0", 2, "fe80::1", 50)
                .route("10.1.0.0/16", 2, "192.0.2.9", 0)
                .route("192.0.2.5/32", 2, "192.0.2.5", 0, 255, 1)
                .route("192.0.2.255/32", 2, "192.0.2.5", 0, 254, 3)
                .multipath(3, 4);
    observer.handleStart(0);

    LinkSnapshot snapshot = answerDump(0).get(0).snapshot();

    assertThat(snapshot.routes())
        .extracting(Route::destination, Route::linkIndex)
        .containsExactly(
            tuple(IpPrefix.parse("::/0"), 2),
            tuple(IpPrefix.parse("10.1.0.0/16"), 2),
            tuple(IpPrefix.parse("0.0.0.0/0"), 3),
            tuple(IpPrefix.parse("0.0.0.0/0"), 4));
    assertThat(snapshot.defaultRoutes())
        .extracting(route -> IpPrefix.text(Objects.requireNonNull(route.gateway())))
        .containsExactly("fe80::1", "10.0.0.4", "10.0.0.5");
  }

  private void start() {
    observer.handleStart(0);
    assertThat(answerDump(0)).hasSize(1);
  }

  private void notifyAt(long millis) {
    observer.handleMessages(Messages.notification().link(2, "eth0", UP).buf(), millis * MILLI);
  }

  private List<Output.Changed> answerDump(long millis) {
    answerPart(Part.LINKS, links, millis);
    answerPart(Part.ADDRESSES, addresses, millis);
    answerPart(Part.ROUTES, routes, millis);
    List<Output.Changed> changes = new ArrayList<>();
    for (Output output = observer.poll(); output != null; output = observer.poll()) {
      changes.add((Output.Changed) output);
    }
    return changes;
  }

  private void answerPart(Part part, UnaryOperator<Messages> content, long millis) {
    Messages answer = Messages.answer(nextRequest(part).sequence());
    observer.handleMessages(content.apply(answer).done().buf(), millis * MILLI);
  }

  private Output.Request nextRequest(Part part) {
    Output output = observer.poll();
    assertThat(output).isInstanceOf(Output.Request.class);
    Output.Request request = (Output.Request) Objects.requireNonNull(output);
    assertThat(request.part()).isEqualTo(part);
    return request;
  }
}
