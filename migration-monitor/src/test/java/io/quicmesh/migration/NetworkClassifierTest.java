package io.quicmesh.migration;

import static io.quicmesh.migration.Addresses.ip;
import static io.quicmesh.migration.Networks.laptop;
import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.migration.NetworkChange.Severity;
import org.junit.jupiter.api.Test;

class NetworkClassifierTest {

  private static NetworkChange change(Networks before, Networks after) {
    NetworkClassifier classifier = new NetworkClassifier();
    classifier.handleView(before.view());
    return classifier.handleView(after.view());
  }

  private static NetworkChange change(Networks after) {
    return change(laptop(), after);
  }

  private static void assertMajor(NetworkChange change, MigrationCause cause, String reason) {
    assertThat(change).isEqualTo(NetworkChange.major(cause, reason));
  }

  @Test
  void theFirstViewIsNoChange() {
    assertThat(new NetworkClassifier().handleView(laptop().view()))
        .isEqualTo(NetworkChange.NOTHING);
  }

  @Test
  void theSameViewIsNoChange() {
    assertThat(change(laptop())).isEqualTo(NetworkChange.NOTHING);
  }

  @Test
  void dockersBridgeComingAndGoingIsNothing() {
    assertThat(change(laptop().without("docker0")).severity()).isEqualTo(Severity.NOTHING);
    assertThat(change(laptop().down("docker0")).severity()).isEqualTo(Severity.NOTHING);
    assertThat(
            change(laptop().with("veth1234567", InterfaceKind.CONTAINER, ip(172, 18, 0, 1)))
                .severity())
        .isEqualTo(Severity.NOTHING);
  }

  @Test
  void anotherVpnComingAndGoingIsNothing() {
    assertThat(change(laptop().without("tun0")).severity()).isEqualTo(Severity.NOTHING);
    assertThat(change(laptop().with("wg0", InterfaceKind.TUNNEL, ip(10, 9, 0, 1))).severity())
        .isEqualTo(Severity.NOTHING);
  }

  @Test
  void ourOwnTapIsNothingEvenWithADefaultRoute() {
    assertThat(change(laptop().without("qm0")).severity()).isEqualTo(Severity.NOTHING);
    assertThat(change(laptop().route("qm0", 9, 1)).severity()).isEqualTo(Severity.NOTHING);
  }

  @Test
  void aVpnThatTakesTheDefaultRouteMovesOurPackets() {
    assertMajor(
        change(laptop().route("tun0", 9, 50)),
        MigrationCause.ROUTE_CHANGE,
        "the default route leaves by tun0");
  }

  @Test
  void theUsedUplinkGoingDownIsMajor() {
    assertMajor(
        change(laptop().down("wlan0").noRoute("wlan0")), MigrationCause.LINK_DOWN, "wlan0 is down");
    assertMajor(change(laptop().without("wlan0")), MigrationCause.LINK_DOWN, "wlan0 is gone");
  }

  @Test
  void theUsedUplinkLosingItsCarrierIsMajorThoughItsRouteStays() {
    assertMajor(
        change(laptop().noCarrier("wlan0")), MigrationCause.CARRIER_LOST, "wlan0 lost its carrier");
  }

  @Test
  void aNewAddressInsteadOfTheUsedOneIsMajor() {
    assertMajor(
        change(laptop().addresses("wlan0", ip(192, 0, 2, 77))),
        MigrationCause.ADDRESS_CHANGE,
        "wlan0 changed its address");
  }

  @Test
  void anotherSourceAddressIsMajorEvenWhileTheOldOneIsThere() {
    Networks both =
        laptop()
            .addresses("wlan0", ip(192, 0, 2, 10), ip(192, 0, 2, 77))
            .uses("wlan0", ip(192, 0, 2, 77));

    assertMajor(
        change(both), MigrationCause.ADDRESS_CHANGE, "connections leave from another address");
    assertThat(
            change(
                    both,
                    laptop().addresses("wlan0", ip(192, 0, 2, 77)).uses("wlan0", ip(192, 0, 2, 77)))
                .severity())
        .isEqualTo(Severity.MINOR);
  }

  @Test
  void anotherAddressOfTheUsedUplinkComingAndGoingIsMinor() {
    Networks two = laptop().addresses("wlan0", ip(192, 0, 2, 10), ip(192, 0, 2, 11));

    assertThat(change(two)).isEqualTo(NetworkChange.minor("wlan0 has a new address"));
    assertThat(change(two, laptop())).isEqualTo(NetworkChange.minor("wlan0 changed its addresses"));
  }

  @Test
  void whereTheUsedAddressIsUnknownAnyLossIsMajor() {
    Networks two =
        laptop().addresses("wlan0", ip(192, 0, 2, 10), ip(192, 0, 2, 11)).uses("wlan0", null);

    assertThat(change(two, laptop().uses("wlan0", null)).cause())
        .isEqualTo(MigrationCause.ADDRESS_CHANGE);
  }

  @Test
  void anotherPreferredDefaultRouteIsMajor() {
    assertMajor(
        change(laptop().route("wwan0", 3, 100)),
        MigrationCause.ROUTE_CHANGE,
        "the default route leaves by wwan0");
  }

  @Test
  void anotherGatewayIsMajor() {
    assertThat(change(laptop().noRoute("wlan0").route("wlan0", 7, 600)).cause())
        .isEqualTo(MigrationCause.ROUTE_CHANGE);
  }

  @Test
  void losingTheLastDefaultRouteIsMajor() {
    assertMajor(
        change(laptop().noRoute("wlan0").noRoute("wwan0")),
        MigrationCause.ROUTE_CHANGE,
        "the default route leaves by no interface");
  }

  @Test
  void aMetricThatChangesNoChoiceIsNothing() {
    assertThat(change(laptop().noRoute("wlan0").route("wlan0", 1, 601)).severity())
        .isEqualTo(Severity.NOTHING);
  }

  @Test
  void aLessPreferredDefaultRouteIsNothing() {
    assertThat(change(laptop().noRoute("wwan0")).severity()).isEqualTo(Severity.NOTHING);
  }

  @Test
  void anotherChoiceOfTheKernelIsMajorWithoutAnyDefaultRoute() {
    Networks lab =
        new Networks()
            .with("up1", InterfaceKind.ORDINARY, ip(10, 1, 0, 1))
            .with("up2", InterfaceKind.ORDINARY, ip(10, 2, 0, 1))
            .uses("up1", ip(10, 1, 0, 1));
    Networks moved =
        new Networks()
            .with("up1", InterfaceKind.ORDINARY, ip(10, 1, 0, 1))
            .with("up2", InterfaceKind.ORDINARY, ip(10, 2, 0, 1))
            .uses("up2", ip(10, 2, 0, 1));

    assertMajor(change(lab, moved), MigrationCause.ROUTE_CHANGE, "connections leave by up2");
  }

  @Test
  void anUnusedUplinkComingAndGoingIsMinor() {
    NetworkChange gone = change(laptop().without("wwan0"));
    NetworkChange come = change(laptop().with("eth0", InterfaceKind.ORDINARY, ip(203, 0, 113, 5)));

    assertThat(gone).isEqualTo(NetworkChange.minor("wwan0 changed its addresses"));
    assertThat(come).isEqualTo(NetworkChange.minor("eth0 has a new address"));
  }

  @Test
  void anUnusedUplinkLosingItsCarrierIsMinor() {
    assertThat(change(laptop().noCarrier("wwan0")).severity()).isEqualTo(Severity.MINOR);
  }

  @Test
  void aUsedUplinkThatWasNotThereBeforeIsComparedByItsName() {
    Networks before = laptop().uses("ppp0", null);

    assertThat(change(before, laptop().uses("ppp0", null)).severity()).isEqualTo(Severity.NOTHING);
  }
}
