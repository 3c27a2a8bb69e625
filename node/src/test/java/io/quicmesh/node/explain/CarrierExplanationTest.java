package io.quicmesh.node.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.migration.Candidate;
import io.quicmesh.migration.CandidateKind;
import io.quicmesh.migration.CandidateStatus;
import io.quicmesh.migration.CarrierId;
import io.quicmesh.migration.CarrierKind;
import io.quicmesh.migration.Deadlines;
import io.quicmesh.migration.Decision;
import io.quicmesh.migration.DialResult;
import io.quicmesh.migration.PathQuality;
import io.quicmesh.migration.Standing;
import io.quicmesh.monitor.api.RelayLink;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class CarrierExplanationTest {

  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
  private static final CarrierId DIRECT = new CarrierId(CarrierKind.DIRECT, "0011");
  private static final CarrierId RELAY = new CarrierId(CarrierKind.RELAY, "192.0.2.1:4433");
  private static final RelayLink UP =
      new RelayLink("192.0.2.1:4433", "up", 10.0, "198.51.100.7:40000", null);
  private static final RelayLink DOWN =
      new RelayLink("192.0.2.1:4433", "down", null, null, "no address answered");

  private static OwnSituation own(RelayLink relay) {
    return new OwnSituation(NOW, true, NOW.plus(Duration.ofDays(30)), List.of(relay));
  }

  private static PathQuality path(double rttMillis, double loss) {
    long rtt = Math.round(rttMillis * 1e6);
    return new PathQuality(true, rtt, rtt, 0, 0, loss, 100, 0, 1);
  }

  private static Decision.Considered seen(CarrierId id, Standing standing, PathQuality path) {
    return new Decision.Considered(id, standing, path, Deadlines.NEVER);
  }

  private static Decision stay(CarrierId on, Decision.Considered... considered) {
    return new Decision(0, on, on, null, Deadlines.NEVER, List.of(considered));
  }

  private static CandidateStatus candidate(DialResult result) {
    InetSocketAddress address = new InetSocketAddress("198.51.100.9", 4500);
    return new CandidateStatus(new Candidate(address, CandidateKind.OBSERVED), result, 0);
  }

  private static PeerSituation bob(
      @Nullable CarrierId current, @Nullable Decision decision, CandidateStatus... candidates) {
    return new PeerSituation("bob", true, current, decision, List.of(candidates), 4, null, own(UP));
  }

  private static PeerSituation withoutCarrier(
      boolean isPresent, @Nullable String refusal, OwnSituation own) {
    return new PeerSituation("bob", isPresent, null, null, List.of(), 0, refusal, own);
  }

  @Test
  void direct() {
    Decision decision = stay(DIRECT, seen(DIRECT, Standing.FIT, path(1, 0)));

    assertThat(CarrierExplanation.of(bob(DIRECT, decision)))
        .startsWith("a direct connection is up and preferred; stay on direct")
        .contains("rtt 1.0 ms loss 0.0 %");
  }

  @Test
  void onARelayBecauseUdpIsBlockedBetweenThePeers() {
    Decision decision = stay(RELAY, seen(RELAY, Standing.FIT, path(20, 0)));
    CandidateStatus silent = candidate(DialResult.TIMED_OUT);

    assertThat(CarrierExplanation.of(bob(RELAY, decision, silent, silent)))
        .startsWith(
            "no direct connection came up: 2 of 2 addresses were not answered (UDP is blocked"
                + " between the hosts, or by a NAT); tried 4 times in vain; stay on relay");
    assertThat(CarrierExplanation.of(bob(RELAY, decision, candidate(DialResult.REFUSED))))
        .contains("1 of 1 address was refused by a host or network on the way");
    assertThat(CarrierExplanation.of(bob(RELAY, decision, candidate(DialResult.KEY_MISMATCH))))
        .contains("answered by somebody else");
  }

  @Test
  void onARelayBecauseDirectIsLossy() {
    Decision decision =
        stay(
            RELAY,
            seen(RELAY, Standing.FIT, path(20, 0)),
            seen(DIRECT, Standing.WORSE, path(10, 0.08)));

    assertThat(CarrierExplanation.of(bob(RELAY, decision)))
        .startsWith(
            "the direct connection is measurably worse: rtt 10.0 ms and loss 8.0 %, the relay's"
                + " rtt 20.0 ms and loss 0.0 %");
  }

  @Test
  void onARelayForEveryOtherStandingOfTheDirectConnection() {
    for (Standing standing : Standing.values()) {
      Decision decision =
          stay(RELAY, seen(RELAY, Standing.FIT, path(20, 0)), seen(DIRECT, standing, path(10, 0)));

      assertThat(CarrierExplanation.of(bob(RELAY, decision))).contains("direct connection");
    }
  }

  @Test
  void onARelayBecauseAnOperatorSaidSo() {
    long until = Duration.ofSeconds(42).toNanos();
    Decision decision = new Decision(0, RELAY, RELAY, null, until, List.of());

    assertThat(CarrierExplanation.of(bob(RELAY, decision)))
        .startsWith("an operator asked for it, which holds for 42 s more");
  }

  @Test
  void onARelayBecauseDirectIsOffOrNoAddressIsKnown() {
    OwnSituation off = new OwnSituation(NOW, false, NOW.plusSeconds(9), List.of(UP));
    PeerSituation situation = new PeerSituation("bob", true, RELAY, null, List.of(), 0, null, off);

    assertThat(CarrierExplanation.of(situation)).contains("direct.enabled");
    assertThat(CarrierExplanation.of(bob(RELAY, null))).startsWith("no address of bob is known");
  }

  @Test
  void peerOffline() {
    assertThat(CarrierExplanation.of(withoutCarrier(false, null, own(UP))))
        .startsWith("bob is offline: no relay that this node is connected to knows it");
  }

  @Test
  void relayDown() {
    assertThat(CarrierExplanation.of(withoutCarrier(false, null, own(DOWN))))
        .startsWith("relay 192.0.2.1:4433 is down (no address answered), so that no peer");
  }

  @Test
  void certificateExpired() {
    OwnSituation expired = new OwnSituation(NOW, true, NOW, List.of(DOWN));
    String reason = "the certificate of node bob expired at 2026-11-19T00:00:00Z";

    assertThat(CarrierExplanation.of(withoutCarrier(false, null, expired)))
        .startsWith("this host's certificate expired at 2026-11-20T12:00:00Z");
    assertThat(CarrierExplanation.of(withoutCarrier(true, reason, own(UP))))
        .isEqualTo("the session with bob is refused: " + reason);
  }

  @Test
  void beingSetUp() {
    assertThat(CarrierExplanation.of(withoutCarrier(true, null, own(UP))))
        .isEqualTo("bob is there, and a carrier to it is being set up");
  }
}
