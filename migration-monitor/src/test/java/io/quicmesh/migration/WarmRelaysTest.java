package io.quicmesh.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.migration.WarmRelaysOutput.Connect;
import io.quicmesh.migration.WarmRelaysOutput.Release;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WarmRelaysTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private static List<WarmRelaysOutput> drain(WarmRelays relays) {
    List<WarmRelaysOutput> outputs = new ArrayList<>();
    for (WarmRelaysOutput o = relays.poll(); o != null; o = relays.poll()) {
      outputs.add(o);
    }
    return outputs;
  }

  private static WarmRelays started(String... names) {
    WarmRelays relays = new WarmRelays(List.of(names), 0);
    relays.handleDeadline(0);
    return relays;
  }

  @Test
  void connectsTheFirstTwo() {
    assertThat(drain(started("a", "b", "c"))).containsExactly(new Connect("a"), new Connect("b"));
  }

  @Test
  void isContentWithOneWhereOneIsConfigured() {
    assertThat(drain(started("a"))).containsExactly(new Connect("a"));
  }

  @Test
  void replacesALostRelayAtOnceAndTriesItAgainLater() {
    WarmRelays relays = started("a", "b", "c");
    relays.handleUp("a", SECOND);
    relays.handleUp("b", SECOND);
    drain(relays);

    relays.handleDown("a", 10 * SECOND);
    List<WarmRelaysOutput> atOnce = drain(relays);
    relays.handleUp("c", 10 * SECOND);
    long retryAt = relays.nextDeadlineNanos();
    relays.handleDeadline(retryAt);

    assertThat(atOnce).containsExactly(new Connect("c"));
    assertThat(retryAt).isEqualTo(11 * SECOND);
    assertThat(drain(relays)).containsExactly(new Connect("a"));
  }

  @Test
  void waitsLongerAfterEveryFailure() {
    WarmRelays relays = started("a");
    List<Long> waited = new ArrayList<>();
    long now = 0;
    for (int i = 0; i < 7; i++) {
      relays.handleDown("a", now);
      waited.add((relays.nextDeadlineNanos() - now) / SECOND);
      now = relays.nextDeadlineNanos();
      relays.handleDeadline(now);
    }

    assertThat(waited).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
  }

  @Test
  void triesAtOnceWhenTheNetworkChanges() {
    WarmRelays relays = started("a");
    relays.handleDown("a", 0);
    drain(relays);

    relays.handleNetworkChanged(SECOND / 2);

    assertThat(drain(relays)).containsExactly(new Connect("a"));
  }

  @Test
  void releasesTheThirdAfterTheBetterTwoWereUpForAMinute() {
    WarmRelays relays = started("a", "b", "c");
    relays.handleUp("b", 0);
    relays.handleDown("a", 0);
    relays.handleUp("c", 0);
    relays.handleDeadline(SECOND);
    relays.handleUp("a", 2 * SECOND);
    drain(relays);

    relays.handleDeadline(61 * SECOND);
    List<WarmRelaysOutput> before = drain(relays);
    relays.handleDeadline(62 * SECOND);

    assertThat(before).isEmpty();
    assertThat(drain(relays)).containsExactly(new Release("c"));
  }

  @Test
  void ignoresRelaysThatAreNotConfigured() {
    WarmRelays relays = started("a");
    drain(relays);

    relays.handleUp("x", SECOND);
    relays.handleDown("x", SECOND);

    assertThat(drain(relays)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void endsWithTheTwoBestReachableRelaysUp(long seed) {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<String> names = List.of("a", "b", "c", "d");
    WarmRelays relays = new WarmRelays(names, 0);
    Map<String, Boolean> reachable = new HashMap<>();
    names.forEach(name -> reachable.put(name, true));
    Map<String, Boolean> up = new HashMap<>();
    long now = 0;

    for (int i = 0; i < 3_000; i++) {
      now = Math.max(now + SECOND / 10, Math.min(relays.nextDeadlineNanos(), now + SECOND));
      if (i < 2_000 && random.nextInt(10) == 0) {
        String name = names.get(random.nextInt(names.size()));
        boolean reach = random.nextInt(3) != 0;
        reachable.put(name, reach);
        if (!reach && up.getOrDefault(name, false)) {
          up.put(name, false);
          relays.handleDown(name, now);
        }
      }
      if (i == 2_000) {
        reachable.put("b", true);
        reachable.put("d", true);
      }
      relays.handleDeadline(now);
      for (WarmRelaysOutput o = relays.poll(); o != null; o = relays.poll()) {
        if (o instanceof Connect connect) {
          assertThat(up.getOrDefault(connect.relay(), false)).isFalse();
          boolean works = reachable.getOrDefault(connect.relay(), false);
          up.put(connect.relay(), works);
          if (works) {
            relays.handleUp(connect.relay(), now);
          } else {
            relays.handleDown(connect.relay(), now);
          }
        } else if (o instanceof Release release) {
          assertThat(up.getOrDefault(release.relay(), false)).isTrue();
          up.put(release.relay(), false);
        }
      }
      assertThat(relays.nextDeadlineNanos()).isGreaterThan(now);
    }

    List<String> best = names.stream().filter(n -> reachable.getOrDefault(n, false)).toList();
    assertThat(names.stream().filter(n -> up.getOrDefault(n, false)).toList())
        .isEqualTo(best.subList(0, 2));
  }
}
