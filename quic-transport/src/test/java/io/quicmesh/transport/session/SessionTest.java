package io.quicmesh.transport.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.transport.wire.Fingerprint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionTest {

  private static final long MILLI = 1_000_000L;

  private SimulatedWorld world = new SimulatedWorld(1);
  private SimulatedNode left = node("left", 1, 2);
  private SimulatedNode right = node("right", 2, 1);

  private SimulatedNode node(String name, int self, int peer) {
    return new SimulatedNode(world, name, id(self), id(peer));
  }

  private static Fingerprint id(int number) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) number;
    return Fingerprint.of(bytes);
  }

  @AfterEach
  void endTheWorld() {
    world.close();
  }

  private void start(long seed) {
    world.close();
    world = new SimulatedWorld(seed);
    left = node("left", 1, 2);
    right = node("right", 2, 1);
  }

  private SimulatedCarrier.Pair add(Carrier.Kind kind, String name, long latencyNanos) {
    SimulatedCarrier.Pair pair = SimulatedCarrier.pair(world, kind, name, latencyNanos);
    right.session.addCarrier(pair.right());
    left.session.addCarrier(pair.left());
    if (left.session.isEstablished() && left.session.carrier() == null) {
      left.session.resume(pair.left());
    }
    return pair;
  }

  private void traffic(int frames) {
    for (int i = 0; i < frames; i++) {
      left.sendFrame(8 + world.random.nextInt(200));
      right.sendFrame(world.random.nextInt(20) == 0 ? 40_000 : 100);
      if (world.random.nextInt(10) == 0) {
        left.sendMessage();
        right.sendMessage();
      }
      world.runFor(MILLI / 2);
    }
  }

  private void assertEverythingArrives() {
    world.runFor(5000 * MILLI);
    assertThat(right.received).isEqualTo(left.sent);
    assertThat(left.received).isEqualTo(right.sent);
    assertThat(left.hasAllOf(right)).isTrue();
    assertThat(right.hasAllOf(left)).isTrue();
    assertThat(left.session.flightBytes()).isZero();
    assertThat(right.session.flightBytes()).isZero();
  }

  @Test
  void firstCarrierEstablishesTheSessionAndCarriesFrames() {
    add(Carrier.Kind.CIRCUIT, "relay", 5 * MILLI);
    world.runFor(100 * MILLI);
    assertThat(left.session.isEstablished()).isTrue();
    assertThat(right.session.isEstablished()).isTrue();
    assertThat(left.session.sessionId()).isEqualTo(right.session.sessionId());
    traffic(200);
    assertEverythingArrives();
  }

  @Test
  void framesOfferedBeforeAnyCarrierArriveOnceThereIsOne() {
    traffic(50);
    add(Carrier.Kind.CIRCUIT, "relay", 5 * MILLI);
    assertEverythingArrives();
    assertThat(right.received).isEqualTo(50);
  }

  @Test
  void handoverBetweenLiveCarriersLosesAndResendsNothing() {
    add(Carrier.Kind.CIRCUIT, "relay", 20 * MILLI);
    world.runFor(200 * MILLI);
    traffic(100);
    SimulatedCarrier.Pair direct = add(Carrier.Kind.DIRECT, "direct", 2 * MILLI);
    left.session.resume(direct.left());
    traffic(100);
    assertEverythingArrives();
    assertThat(left.session.carrier()).isSameAs(direct.left());
    assertThat(right.session.carrier()).isSameAs(direct.right());
    assertThat(left.log).contains("idle relay");
  }

  @Test
  void silentCarrierIsLeftWithWhatWasNotAcknowledgedSentAgain() {
    SimulatedCarrier.Pair relay = add(Carrier.Kind.CIRCUIT, "relay", 5 * MILLI);
    SimulatedCarrier.Pair direct = add(Carrier.Kind.DIRECT, "direct", 2 * MILLI);
    world.runFor(200 * MILLI);
    relay.silence();
    traffic(100);
    right.commitSilent = true;
    right.session.resume(direct.right());
    traffic(100);
    assertEverythingArrives();
    assertThat(left.session.counters().framesResent()).isPositive();
  }

  @Test
  void slowOldCarrierDoesNotHoldUpTheNewOne() {
    SimulatedCarrier.Pair relay = add(Carrier.Kind.CIRCUIT, "relay", 5 * MILLI);
    SimulatedCarrier.Pair direct = add(Carrier.Kind.DIRECT, "direct", 2 * MILLI);
    world.runFor(200 * MILLI);
    relay.slow(100_000);
    traffic(100);
    left.session.resume(direct.left());
    world.runFor(200 * MILLI);
    int sentSoFar = left.sent;
    assertThat(right.received).isEqualTo(sentSoFar);
    traffic(100);
    assertEverythingArrives();
  }

  @Test
  void closedCarrierIsReplacedByTheOwner() {
    SimulatedCarrier.Pair relay = add(Carrier.Kind.CIRCUIT, "relay", 5 * MILLI);
    world.runFor(200 * MILLI);
    traffic(20);
    relay.kill();
    traffic(20);
    assertThat(left.log).contains("detached relay", "closed relay");
    add(Carrier.Kind.CIRCUIT, "relay 2", 5 * MILLI);
    traffic(20);
    assertEverythingArrives();
  }

  @Test
  void attemptsOfBothSidesAtOnceEndOnOneCarrier() {
    SimulatedCarrier.Pair relay = add(Carrier.Kind.CIRCUIT, "relay", 5 * MILLI);
    SimulatedCarrier.Pair direct = add(Carrier.Kind.DIRECT, "direct", 2 * MILLI);
    world.runFor(200 * MILLI);
    assertThat(left.session.carrier()).isSameAs(relay.left());
    left.session.resume(relay.left());
    right.session.resume(direct.right());
    traffic(100);
    assertEverythingArrives();
    assertThat(left.session.carrier()).isSameAs(direct.left());
    assertThat(right.session.carrier()).isSameAs(direct.right());
  }

  @Test
  void ratchetsWhileTrafficFlowsLoseNothing() {
    add(Carrier.Kind.CIRCUIT, "relay", 3 * MILLI);
    world.runFor(200 * MILLI);
    for (int i = 0; i < 100; i++) {
      left.session.ratchet();
      traffic(30);
    }
    assertEverythingArrives();
    assertThat(left.session.keys().schedule().generation()).isEqualTo(100);
    assertThat(right.session.keys().schedule().generation()).isEqualTo(100);
  }

  @Test
  void freshSecretWhileTrafficFlowsLosesNothing() {
    add(Carrier.Kind.CIRCUIT, "relay", 3 * MILLI);
    world.runFor(200 * MILLI);
    for (int i = 0; i < 20; i++) {
      left.session.renew();
      traffic(30);
      left.session.ratchet();
      traffic(10);
    }
    assertEverythingArrives();
    assertThat(left.log).filteredOn("renewed"::equals).hasSize(20);
    assertThat(right.log).filteredOn("renewed"::equals).hasSize(20);
    assertThat(left.session.counters().badRecords()).isZero();
    assertThat(right.session.counters().badRecords()).isZero();
  }

  @Test
  void keysThatMoveOnDuringAHandoverNeitherLoseNorStopIt() {
    add(Carrier.Kind.CIRCUIT, "relay", 20 * MILLI);
    world.runFor(400 * MILLI);
    SimulatedCarrier.Pair other = add(Carrier.Kind.CIRCUIT, "other", 2 * MILLI);
    left.session.ratchet();
    right.session.resume(other.right());
    traffic(200);
    assertEverythingArrives();
    assertThat(right.session.carrier()).isSameAs(other.right());
    assertThat(left.session.carrier()).isSameAs(other.left());
    assertThat(right.log).noneMatch(line -> line.startsWith("resume failed"));
  }

  @Test
  void answersToAttemptsThatWereReplacedAreNotBadRecords() {
    add(Carrier.Kind.CIRCUIT, "relay", 5 * MILLI);
    world.runFor(200 * MILLI);
    SimulatedCarrier.Pair direct = add(Carrier.Kind.DIRECT, "direct", 2 * MILLI);
    left.session.resume(direct.left());
    left.session.resume(direct.left());
    traffic(100);
    assertEverythingArrives();
    assertThat(left.session.carrier()).isSameAs(direct.left());
    assertThat(left.session.counters().badRecords()).isZero();
    assertThat(right.session.counters().badRecords()).isZero();
  }

  @Test
  void pathThatChangedUnderACarrierIsMendedBySendingAgain() {
    SimulatedCarrier.Pair relay = add(Carrier.Kind.CIRCUIT, "relay", 5 * MILLI);
    world.runFor(200 * MILLI);
    traffic(50);
    left.session.attachAndResend(relay.left());
    traffic(50);
    assertEverythingArrives();
    assertThat(left.log).anyMatch(line -> line.startsWith("attached relay silent"));
    assertThat(left.session.counters().framesResent()).isPositive();
  }

  @Test
  void streamsThatGotStuckWithTheOldPathAreReplacedByOthersOfBothSides() {
    SimulatedCarrier.Pair relay = add(Carrier.Kind.CIRCUIT, "relay", 5 * MILLI);
    world.runFor(200 * MILLI);
    traffic(50);
    relay.stickStreams();
    left.session.replaceSetUp(relay.left());
    left.session.attachAndResend(relay.left());
    traffic(50);
    assertEverythingArrives();
    assertThat(left.session.counters().badRecords()).isZero();
    assertThat(right.session.counters().badRecords()).isZero();
  }

  @Test
  void attemptThatWasLostWithTheOldSetUpStreamIsMadeAgainOnTheNewOne() {
    add(Carrier.Kind.DIRECT, "direct", 5 * MILLI);
    SimulatedCarrier.Pair relay = add(Carrier.Kind.CIRCUIT, "relay", 5 * MILLI);
    world.runFor(300 * MILLI);
    relay.stickStreams();
    left.session.resume(relay.left());
    world.runFor(50 * MILLI);
    left.session.replaceSetUp(relay.left());
    traffic(50);
    assertEverythingArrives();
    assertThat(left.session.carrier()).isSameAs(relay.left());
  }

  @Test
  void handshakeOfWhichSomeGotLostIsBegunAnew() {
    SimulatedCarrier.Pair direct = add(Carrier.Kind.DIRECT, "direct", 5 * MILLI);
    world.runFor(7 * MILLI);
    direct.stickStreams();
    world.runFor(5_001 * MILLI);
    assertThat(left.session.isEstablished()).isFalse();

    left.session.startLateHandshakeOver();
    right.session.startLateHandshakeOver();
    world.runFor(200 * MILLI);

    assertThat(left.session.isEstablished()).isTrue();
    assertThat(right.session.isEstablished()).isTrue();
    traffic(50);
    assertEverythingArrives();
  }

  @Test
  void bothSidesHearThatThePeerFollowed() {
    add(Carrier.Kind.CIRCUIT, "relay", 20 * MILLI);
    world.runFor(400 * MILLI);
    SimulatedCarrier.Pair direct = add(Carrier.Kind.DIRECT, "direct", 2 * MILLI);
    left.session.resume(direct.left());
    traffic(100);
    assertEverythingArrives();
    assertThat(left.log).contains("peer followed direct");
    assertThat(right.log).contains("peer resumes direct", "peer followed direct");
  }

  @Test
  void peerIsSaidToHaveFollowedWhenTheOldCarrierIsSilent() {
    SimulatedCarrier.Pair relay = add(Carrier.Kind.CIRCUIT, "relay", 5 * MILLI);
    SimulatedCarrier.Pair direct = add(Carrier.Kind.DIRECT, "direct", 2 * MILLI);
    world.runFor(200 * MILLI);
    relay.silence();
    traffic(50);
    left.commitSilent = true;
    left.session.resume(direct.left());
    world.runFor(100 * MILLI);
    assertThat(left.log).contains("peer followed direct");
    left.session.leaveOldStreams();
    assertThat(left.log).contains("idle relay");
    assertEverythingArrives();
  }

  @Test
  void restartedPeerIsGreetedAnew() {
    add(Carrier.Kind.CIRCUIT, "relay", 3 * MILLI).kill();
    world.runFor(100 * MILLI);
    SimulatedCarrier.Pair first = add(Carrier.Kind.CIRCUIT, "relay", 3 * MILLI);
    world.runFor(200 * MILLI);
    traffic(20);
    world.runFor(100 * MILLI);
    first.kill();
    world.runFor(100 * MILLI);
    SimulatedNode fresh = node("right", 2, 1);
    SimulatedCarrier.Pair second =
        SimulatedCarrier.pair(world, Carrier.Kind.CIRCUIT, "again", 3 * MILLI);
    fresh.session.addCarrier(second.right());
    left.session.addCarrier(second.left());
    left.session.resume(second.left());
    world.runFor(500 * MILLI);
    assertThat(fresh.session.isEstablished()).isTrue();
    assertThat(left.session.sessionId()).isEqualTo(fresh.session.sessionId());
    assertThat(left.log).contains("restarted, lost 0");
  }

  @Test
  void heartbeatsAreEchoedOnTheCarrierThatTheyWereSentOn() {
    SimulatedCarrier.Pair relay = add(Carrier.Kind.CIRCUIT, "relay", 3 * MILLI);
    SimulatedCarrier.Pair direct = add(Carrier.Kind.DIRECT, "direct", 2 * MILLI);
    world.runFor(200 * MILLI);
    left.session.sendHeartbeat(relay.left(), 7);
    left.session.sendHeartbeat(direct.left(), 8);
    world.runFor(50 * MILLI);
    assertThat(left.log).contains("echo relay 7", "echo direct 8");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 253})
  void randomHandoversKeepEveryFlowCompleteAndInOrder(long block) {
    for (long seed = block * 20; seed < block * 20 + 20; seed++) {
      randomSchedule(seed);
    }
  }

  private void randomSchedule(long seed) {
    start(seed);
    try {
      SimulatedCarrier.Pair[] pairs = new SimulatedCarrier.Pair[3];
      for (int step = 0; step < 30; step++) {
        randomStep(pairs);
        traffic(world.random.nextInt(10));
      }
      settle();
      assertEverythingArrives();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("seed " + seed + "\n" + left.log + "\n" + right.log, e);
    }
  }

  private void randomStep(SimulatedCarrier.Pair[] pairs) {
    int slot = world.random.nextInt(pairs.length);
    SimulatedCarrier.Pair pair = pairs[slot];
    if (pair == null || !left.session.has(pair.left()) || !right.session.has(pair.right())) {
      Carrier.Kind kind = slot == 0 ? Carrier.Kind.DIRECT : Carrier.Kind.CIRCUIT;
      pairs[slot] = add(kind, "carrier " + slot, (1 + world.random.nextInt(30)) * MILLI);
      return;
    }
    boolean isLeft = world.random.nextBoolean();
    SimulatedNode node = isLeft ? left : right;
    Carrier carrier = isLeft ? pair.left() : pair.right();
    switch (world.random.nextInt(6)) {
      case 0 -> pair.kill();
      case 1 -> {
        pair.silence();
        world.after(world.random.nextInt(200) * MILLI, pair::kill);
      }
      case 2 -> pair.slow(world.random.nextInt(3) * 200L);
      case 3 -> node.session.ratchet();
      default -> {
        node.commitSilent = world.random.nextInt(3) == 0;
        node.session.resume(carrier);
      }
    }
  }

  private void settle() {
    world.runFor(2000 * MILLI);
    SimulatedCarrier.Pair last = add(Carrier.Kind.CIRCUIT, "last", 5 * MILLI);
    world.runFor(1000 * MILLI);
    left.commitSilent = true;
    left.session.resume(last.left());
  }
}
