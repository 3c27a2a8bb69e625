package io.quicmesh.migration;

import static io.quicmesh.migration.Addresses.ip;
import static io.quicmesh.migration.Networks.laptop;
import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.migration.UplinkOutput.Bind;
import io.quicmesh.migration.UplinkOutput.Release;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UplinkChoiceTest {

  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  private static List<UplinkOutput> drain(UplinkChoice choice) {
    List<UplinkOutput> outputs = new ArrayList<>();
    for (UplinkOutput o = choice.poll(); o != null; o = choice.poll()) {
      outputs.add(o);
    }
    return outputs;
  }

  private static UplinkChoice on(UplinkPreference preference, Networks networks) {
    UplinkChoice choice = new UplinkChoice(preference);
    choice.handleView(networks.view(), 0);
    return choice;
  }

  @Test
  void leavesTheChoiceToTheKernel() {
    UplinkChoice choice = on(UplinkPreference.NONE, laptop());

    assertThat(drain(choice)).isEmpty();
    assertThat(choice.bound()).isNull();
  }

  @Test
  void movesFromALinkWithoutCarrierToOneWithIt() {
    UplinkChoice choice = on(UplinkPreference.NONE, laptop());

    choice.handleView(laptop().noCarrier("wlan0").view(), 1);
    List<UplinkOutput> moved = drain(choice);
    choice.handleView(laptop().view(), 2);

    assertThat(moved)
        .containsExactly(new Bind("wwan0", MigrationCause.CARRIER_LOST, "wlan0 cannot send"));
    assertThat(drain(choice)).containsExactly(new Release());
  }

  @Test
  void staysWhereThereIsNoOther() {
    UplinkChoice choice = on(UplinkPreference.NONE, laptop().without("wwan0").noCarrier("wlan0"));

    assertThat(drain(choice)).isEmpty();
  }

  @Test
  void neverMovesToContainersTunnelsOrOurOwnTap() {
    UplinkChoice choice = on(UplinkPreference.NONE, laptop().without("wwan0").down("wlan0"));

    assertThat(choice.bound()).isNull();
  }

  @Test
  void doesNotGoAroundAVpnThatTakesEverything() {
    UplinkChoice choice =
        on(UplinkPreference.NONE, laptop().route("tun0", 9, 50).uses("tun0", ip(10, 8, 0, 2)));

    assertThat(choice.bound()).isNull();
  }

  @Test
  void leavesAnUplinkThatSwallowsEverything() {
    UplinkChoice choice = on(UplinkPreference.NONE, laptop());

    choice.handleBlackHole("wlan0", 0);
    List<UplinkOutput> moved = drain(choice);
    long deadline = choice.nextDeadlineNanos();
    choice.handleDeadline(deadline);

    assertThat(moved)
        .containsExactly(
            new Bind("wwan0", MigrationCause.SILENT_PATH, "wlan0 swallows everything"));
    assertThat(deadline).isEqualTo(MINUTE);
    assertThat(drain(choice)).containsExactly(new Release());
    assertThat(choice.nextDeadlineNanos()).isEqualTo(Deadlines.NEVER);
  }

  @Test
  void avoidsARepeatedBlackHoleForTwiceAsLong() {
    UplinkChoice choice = on(UplinkPreference.NONE, laptop());
    choice.handleBlackHole("wlan0", 0);
    choice.handleDeadline(MINUTE);

    choice.handleBlackHole("wlan0", 2 * MINUTE);

    assertThat(choice.nextDeadlineNanos()).isEqualTo(4 * MINUTE);
  }

  @Test
  void aBlackHoleThatChangedIsGivenAnotherChance() {
    UplinkChoice choice = on(UplinkPreference.NONE, laptop());
    choice.handleBlackHole("wlan0", 0);
    drain(choice);

    choice.handleView(laptop().addresses("wlan0", ip(192, 0, 2, 99)).view(), 1);

    assertThat(drain(choice)).containsExactly(new Release());
  }

  @Test
  void whereAllSwallowEverythingTheKernelDecides() {
    UplinkChoice choice = on(UplinkPreference.NONE, laptop());

    choice.handleBlackHole("wlan0", 0);
    choice.handleBlackHole("wwan0", 1);

    assertThat(choice.bound()).isNull();
  }

  @Test
  void whereAllSwallowEverythingTheOneNoticedFirstIsTriedAgain() {
    UplinkChoice choice = on(UplinkPreference.NONE, laptop());

    choice.handleBlackHole("wwan0", 0);
    choice.handleBlackHole("wlan0", 1);
    assertThat(choice.bound()).isEqualTo("wwan0");
    choice.handleBlackHole("wwan0", 2);
    assertThat(choice.bound()).isNull();
  }

  @Test
  void followsTheOperatorsOrder() {
    UplinkChoice choice = on(new UplinkPreference(List.of("wwan0", "wlan0"), Set.of()), laptop());

    assertThat(drain(choice))
        .containsExactly(
            new Bind("wwan0", MigrationCause.UPLINK_PREFERENCE, "wlan0 is less preferred"));
    choice.handleView(laptop().noCarrier("wwan0").view(), 1);
    assertThat(drain(choice)).containsExactly(new Release());
  }

  @Test
  void takesAMeteredUplinkLast() {
    UplinkPreference metered = new UplinkPreference(List.of(), Set.of("wlan0"));
    UplinkChoice choice = on(metered, laptop());
    List<UplinkOutput> first = drain(choice);

    choice.handleView(laptop().noCarrier("wwan0").view(), 1);

    assertThat(first)
        .containsExactly(
            new Bind("wwan0", MigrationCause.UPLINK_PREFERENCE, "wlan0 is less preferred"));
    assertThat(choice.bound()).isNull();
  }

  @Test
  void takesTheLowestMetricAmongEquals() {
    UplinkChoice choice =
        on(
            UplinkPreference.NONE,
            laptop()
                .with("eth1", InterfaceKind.ORDINARY, ip(203, 0, 113, 5))
                .route("eth1", 5, 650)
                .noCarrier("wlan0"));

    assertThat(choice.bound()).isEqualTo("eth1");
  }

  @Test
  void anInterfaceWithoutAddressCannotSend() {
    UplinkChoice choice = on(UplinkPreference.NONE, laptop().addresses("wlan0"));

    assertThat(choice.bound()).isEqualTo("wwan0");
  }

  @Test
  void withoutAnyRouteTakesWhatIsThere() {
    Networks lab =
        new Networks()
            .with("up1", InterfaceKind.ORDINARY, ip(10, 1, 0, 1))
            .with("up2", InterfaceKind.ORDINARY, ip(10, 2, 0, 1))
            .uses("up1", ip(10, 1, 0, 1))
            .noCarrier("up1");

    UplinkChoice choice = on(UplinkPreference.NONE, lab);

    assertThat(choice.bound()).isEqualTo("up2");
  }

  @Test
  void saysWhenNothingIsRouted() {
    Networks lab = new Networks().with("up1", InterfaceKind.ORDINARY, ip(10, 1, 0, 1));

    assertThat(drain(on(UplinkPreference.NONE, lab)))
        .containsExactly(new Bind("up1", MigrationCause.LINK_DOWN, "no uplink is routed"));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void neverBindsToWhatCannotSend(long seed) {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    UplinkChoice choice = new UplinkChoice(new UplinkPreference(List.of("eth0"), Set.of("wwan0")));
    List<String> names = List.of("eth0", "wlan0", "wwan0", "docker0");
    String bound = null;
    NetworkView view = NetworkView.NONE;
    long now = 0;

    for (int i = 0; i < 5_000; i++) {
      now += random.nextInt(10) * TimeUnit.SECONDS.toNanos(1);
      if (random.nextInt(3) == 0) {
        choice.handleBlackHole(names.get(random.nextInt(3)), now);
      } else {
        view = randomView(names, random);
        choice.handleView(view, now);
      }
      choice.handleDeadline(now);
      for (UplinkOutput o : drain(choice)) {
        String next = o instanceof Bind bind ? bind.interfaceName() : null;
        assertThat(next).as("every output changes something").isNotEqualTo(bound);
        bound = next;
      }
      assertThat(choice.bound()).isEqualTo(bound);
      if (bound != null) {
        assertThat(view.find(bound).map(InterfaceView::isUsable)).contains(true);
        assertThat(bound).isNotEqualTo("docker0");
      }
      assertThat(choice.nextDeadlineNanos()).isGreaterThan(now);
    }
  }

  private static NetworkView randomView(List<String> names, Random random) {
    Networks networks = new Networks();
    for (int i = 0; i < names.size(); i++) {
      InterfaceKind kind = i < 3 ? InterfaceKind.ORDINARY : InterfaceKind.CONTAINER;
      if (random.nextInt(4) != 0) {
        networks.with(names.get(i), kind, ip(10, i, 0, 1 + random.nextInt(2)));
        if (i < 3 && random.nextBoolean()) {
          networks.route(names.get(i), i, 100 + random.nextInt(3));
        }
        if (random.nextInt(3) == 0) {
          networks.noCarrier(names.get(i));
        }
      }
    }
    return networks.view();
  }
}
