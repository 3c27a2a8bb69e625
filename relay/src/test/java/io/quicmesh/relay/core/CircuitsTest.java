package io.quicmesh.relay.core;

import static io.quicmesh.relay.core.Board.NETWORK;
import static io.quicmesh.relay.core.Board.OTHER_NETWORK;
import static io.quicmesh.relay.core.Board.circuitClosed;
import static io.quicmesh.relay.core.Board.endStream;
import static io.quicmesh.relay.core.Board.fingerprint;
import static io.quicmesh.relay.core.Board.splice;
import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.StreamHeader;
import org.junit.jupiter.api.Test;

class CircuitsTest {

  private final Board board = new Board();

  @Test
  void splicesBothWaysWithTheFirstStreamOfEachUrgent() {
    board.up(1, 1);
    board.up(2, 2);

    long a = board.circuit(1, 2, 7);
    long b = board.circuit(1, 2, 7);
    long c = board.circuit(2, 1, 7);
    long d = board.circuit(2, 1, 7);

    assertThat(board.drain())
        .containsExactly(
            splice(a, 2, 1, 7, true),
            splice(b, 2, 1, 7, false),
            splice(c, 1, 2, 7, true),
            splice(d, 1, 2, 7, false));
    board.sleep(10_000);
    assertThat(board.drain()).isEmpty();
    assertThat(board.switchboard.snapshot().circuits())
        .singleElement()
        .satisfies(circuit -> assertThat(circuit.streams()).containsExactly(a, b, c, d));
  }

  @Test
  void onlyTheSmallerIdOpens() {
    board.up(1, 1);
    board.up(2, 2);

    long stream = board.circuit(2, 1, 7);

    assertThat(board.drain())
        .containsExactly(
            endStream(stream, CloseCode.NOT_ALLOWED),
            circuitClosed(2, 1, 7, CloseCode.NOT_ALLOWED));
  }

  @Test
  void refusesACircuitToOneself() {
    board.up(1, 1);

    long stream = board.circuit(1, 1, 7);

    assertThat(board.drain())
        .containsExactly(
            endStream(stream, CloseCode.NOT_ALLOWED),
            circuitClosed(1, 1, 7, CloseCode.NOT_ALLOWED));
  }

  @Test
  void answersAlikeForAnAbsentNodeAndForOneOfAnotherNetwork() {
    board.up(1, 1);
    board.up(2, OTHER_NETWORK, 2, 0);

    long foreign = board.circuit(1, 2, 7);
    long absent = board.circuit(1, 3, 8);

    assertThat(board.drain())
        .containsExactly(
            endStream(foreign, CloseCode.PEER_OFFLINE),
            circuitClosed(1, 2, 7, CloseCode.PEER_OFFLINE),
            endStream(absent, CloseCode.PEER_OFFLINE),
            circuitClosed(1, 3, 8, CloseCode.PEER_OFFLINE));
  }

  @Test
  void saysOnceWhyTheStreamsOfOneCircuitAreRefused() {
    board.up(1, 1);

    long a = board.circuit(1, 2, 7);
    long b = board.circuit(1, 2, 7);

    assertThat(board.drain())
        .containsExactly(
            endStream(a, CloseCode.PEER_OFFLINE),
            circuitClosed(1, 2, 7, CloseCode.PEER_OFFLINE),
            endStream(b, CloseCode.PEER_OFFLINE));
  }

  @Test
  void refusesStreamsBeforeHelloAndOfOtherKinds() {
    board.up(2, 2);
    board.connect(1, NETWORK, 1);

    long early = board.circuit(1, 2, 7);
    long lane = board.stream(2, new StreamHeader.Lane());

    assertThat(board.drain())
        .containsExactly(
            endStream(early, CloseCode.NOT_ALLOWED), endStream(lane, CloseCode.PROTOCOL));
  }

  @Test
  void closesACircuitThatIsNotAnswered() {
    board.up(1, 1);
    board.up(2, 2);
    long stream = board.circuit(1, 2, 7);
    board.drain();

    board.sleep(4_999);
    assertThat(board.drain()).isEmpty();
    board.sleep(1);

    assertThat(board.drain())
        .containsExactly(
            endStream(stream, CloseCode.UNANSWERED), circuitClosed(1, 2, 7, CloseCode.UNANSWERED));
    assertThat(board.switchboard.snapshot().circuits()).isEmpty();
  }

  @Test
  void resetsAllCircuitsOfANodeThatLeaves() {
    board.up(1, 1);
    board.up(2, 2);
    board.up(3, 3);
    long toTwo = board.circuit(1, 2, 7);
    long fromTwo = board.circuit(2, 1, 7);
    long toThree = board.circuit(1, 3, 8);
    long others = board.circuit(2, 3, 9);
    board.drain();

    board.switchboard.handleDisconnected(1, "killed", board.nowNanos);

    assertThat(board.drain())
        .containsExactly(
            endStream(toTwo, CloseCode.PEER_GONE),
            endStream(fromTwo, CloseCode.PEER_GONE),
            circuitClosed(2, 1, 7, CloseCode.PEER_GONE),
            endStream(toThree, CloseCode.PEER_GONE),
            circuitClosed(3, 1, 8, CloseCode.PEER_GONE),
            Board.send(2, Board.presence(1, false)),
            Board.send(3, Board.presence(1, false)));
    assertThat(board.switchboard.snapshot().circuits())
        .singleElement()
        .satisfies(circuit -> assertThat(circuit.streams()).containsExactly(others));
  }

  @Test
  void forgetsACircuitWithItsLastStream() {
    board.up(1, 1);
    board.up(2, 2);
    long a = board.circuit(1, 2, 7);
    long b = board.circuit(2, 1, 7);

    board.switchboard.handleStreamEnded(a, null, board.nowNanos);
    assertThat(board.switchboard.snapshot().circuits()).hasSize(1);
    board.switchboard.handleStreamEnded(b, null, board.nowNanos);
    board.switchboard.handleStreamEnded(b, null, board.nowNanos);

    assertThat(board.switchboard.snapshot().circuits()).isEmpty();
    assertThat(board.switchboard.snapshot().totals().streams()).isZero();
  }

  @Test
  void passesOnThatANodeClosedACircuit() {
    board.up(1, 1);
    board.up(2, 2);
    board.up(3, 3);
    long a = board.circuit(1, 2, 7);
    long b = board.circuit(2, 1, 7);
    board.drain();

    board.message(3, closed(1, 7));
    assertThat(board.drain()).isEmpty();
    board.message(2, closed(1, 7));

    assertThat(board.drain())
        .containsExactly(
            endStream(a, CloseCode.SUPERSEDED),
            endStream(b, CloseCode.SUPERSEDED),
            circuitClosed(1, 2, 7, CloseCode.SUPERSEDED));
  }

  private static ControlMessage closed(int peer, long nonce) {
    return new ControlMessage.CircuitClosed(fingerprint(peer), nonce, CloseCode.SUPERSEDED.code());
  }

  @Test
  void newCircuitsGoToTheRenewedConnectionAndOldOnesStay() {
    board.up(1, 1);
    board.up(2, 2);
    board.circuit(1, 2, 7);
    board.up(3, 2);

    long old = board.circuit(2, 1, 7);
    long wrong = board.circuit(3, 1, 7);
    long fresh = board.circuit(1, 2, 8);

    assertThat(board.drain())
        .containsExactly(
            splice(old, 1, 2, 7, true),
            endStream(wrong, CloseCode.NOT_ALLOWED),
            circuitClosed(3, 1, 7, CloseCode.NOT_ALLOWED),
            splice(fresh, 3, 1, 8, true));
  }

  @Test
  void keepsToTheQuotas() {
    RelayLimits defaults = RelayLimits.defaults();
    Board small =
        new Board(
            new RelayLimits(
                defaults.connections(),
                new RelayLimits.Circuits(4, 5, 2, 3, 2, 3),
                defaults.joins(),
                defaults.rates(),
                defaults.times()),
            null);
    for (int node = 1; node <= 5; node++) {
      small.up(node, node);
    }

    small.circuit(1, 2, 1);
    small.circuit(1, 2, 1);
    long thirdInDirection = small.circuit(1, 2, 1);
    small.circuit(1, 2, 2);
    long thirdOfPair = small.circuit(1, 2, 3);
    long fourthStream = small.circuit(1, 3, 4);

    assertThat(small.drain())
        .contains(
            endStream(thirdInDirection, CloseCode.QUOTA),
            endStream(thirdOfPair, CloseCode.QUOTA),
            circuitClosed(1, 2, 3, CloseCode.QUOTA),
            endStream(fourthStream, CloseCode.QUOTA));
    assertThat(small.refusals(Refusal.QUOTA_STREAMS)).isEqualTo(2);
    assertThat(small.refusals(Refusal.QUOTA_CIRCUITS)).isEqualTo(1);
  }

  @Test
  void boundsTheRateOfNewCircuits() {
    board.up(1, 1);

    for (int i = 0; i <= RelayLimits.Circuits.REQUESTS_BURST; i++) {
      board.circuit(1, 2, i);
    }

    assertThat(board.refusals(Refusal.QUOTA_CIRCUIT_REQUESTS)).isEqualTo(1);
    assertThat(board.refusals(Refusal.CIRCUIT_PEER_OFFLINE))
        .isEqualTo(RelayLimits.Circuits.REQUESTS_BURST);
  }
}
