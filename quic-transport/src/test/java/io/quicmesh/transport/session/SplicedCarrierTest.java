package io.quicmesh.transport.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.transport.wire.Fingerprint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Somebody in the middle, a relay or a member, puts carriers together that do not belong together:
 * nothing attaches to them, and the session goes on where it was.
 */
class SplicedCarrierTest {

  private static final long MILLI = 1_000_000L;

  private final SimulatedWorld world = new SimulatedWorld(1);
  private final SimulatedNode left = new SimulatedNode(world, "left", id(1), id(2));
  private final SimulatedNode right = new SimulatedNode(world, "right", id(2), id(1));

  /** The session of the first node with a third member, and the member's end of it. */
  private final SimulatedNode leftOfThird = new SimulatedNode(world, "left", id(1), id(3));

  private final SimulatedNode third = new SimulatedNode(world, "third", id(3), id(1));

  private final SimulatedCarrier.Pair circuit =
      SimulatedCarrier.pair(world, Carrier.Kind.CIRCUIT, "relay", 5 * MILLI);

  @BeforeEach
  void establishBothSessions() {
    connect(right, left, circuit);
    connect(
        third,
        leftOfThird,
        SimulatedCarrier.pair(world, Carrier.Kind.CIRCUIT, "third's", 5 * MILLI));
    world.runFor(200 * MILLI);
    assertThat(left.session.isEstablished()).isTrue();
    assertThat(third.session.isEstablished()).isTrue();
  }

  @AfterEach
  void endTheWorld() {
    world.close();
  }

  @Test
  void aCircuitSplicedBackToItsSenderCarriesNothing() {
    SimulatedCarrier.Pair mirror =
        SimulatedCarrier.spliced(world, Carrier.Kind.CIRCUIT, Carrier.Kind.CIRCUIT, "mirror");
    left.session.addCarrier(mirror.right());
    left.session.addCarrier(mirror.left());

    left.session.resume(mirror.left());

    assertNothingAttached(mirror);
  }

  @Test
  void aCircuitSplicedToAnotherMemberCarriesNothing() {
    SimulatedCarrier.Pair wrong =
        SimulatedCarrier.spliced(world, Carrier.Kind.CIRCUIT, Carrier.Kind.CIRCUIT, "wrong");
    third.session.addCarrier(wrong.right());
    left.session.addCarrier(wrong.left());

    left.session.resume(wrong.left());

    assertNothingAttached(wrong);
    assertThat(third.received).isZero();
  }

  @Test
  void aResumeThatAMemberForwardsOntoItsOwnConnectionCarriesNothing() {
    SimulatedCarrier.Pair forwarded =
        SimulatedCarrier.spliced(world, Carrier.Kind.CIRCUIT, Carrier.Kind.DIRECT, "forwarded");
    leftOfThird.session.addCarrier(forwarded.right());
    right.session.addCarrier(forwarded.left());

    right.session.resume(forwarded.left());

    assertNothingAttached(forwarded);
    assertThat(leftOfThird.session.carrier()).isNotSameAs(forwarded.right());
  }

  @Test
  void aCircuitForwardedAsADirectConnectionCarriesNothing() {
    SimulatedCarrier.Pair forwarded =
        SimulatedCarrier.spliced(world, Carrier.Kind.CIRCUIT, Carrier.Kind.DIRECT, "forwarded");
    right.session.addCarrier(forwarded.right());
    left.session.addCarrier(forwarded.left());

    left.session.resume(forwarded.left());

    assertNothingAttached(forwarded);
  }

  private void assertNothingAttached(SimulatedCarrier.Pair pair) {
    for (int i = 0; i < 50; i++) {
      left.sendFrame(100);
      right.sendFrame(100);
      world.runFor(10 * MILLI);
    }
    world.runFor(2_000 * MILLI);
    assertThat(left.session.carrier()).isSameAs(circuit.left()).isNotSameAs(pair.left());
    assertThat(right.session.carrier()).isSameAs(circuit.right());
    assertThat(left.hasAllOf(right)).isTrue();
    assertThat(right.hasAllOf(left)).isTrue();
    assertThat(left.log)
        .noneMatch(line -> line.startsWith("attached " + pair.left().description()));
    assertThat(right.log)
        .noneMatch(line -> line.startsWith("attached " + pair.left().description()));
  }

  private static void connect(
      SimulatedNode answering, SimulatedNode beginning, SimulatedCarrier.Pair pair) {
    answering.session.addCarrier(pair.right());
    beginning.session.addCarrier(pair.left());
  }

  private static Fingerprint id(int number) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) number;
    return Fingerprint.of(bytes);
  }
}
