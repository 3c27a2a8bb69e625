package io.quicmesh.relay.core;

import static io.quicmesh.relay.core.Board.NETWORK;
import static io.quicmesh.relay.core.Board.OTHER_NETWORK;
import static io.quicmesh.relay.core.Board.close;
import static io.quicmesh.relay.core.Board.endStream;
import static io.quicmesh.relay.core.Board.fingerprint;
import static io.quicmesh.relay.core.Board.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.transport.wire.Capability;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.StreamHeader;
import org.junit.jupiter.api.Test;

class JoinsTest {

  private static final int BYTES_MAX = RelayLimits.defaults().joins().bytesMax();

  private final Board board = new Board();

  private static StreamHeader join(Fingerprint party, long nonce) {
    return new StreamHeader.Join(party, nonce);
  }

  private static Output spliced(long stream, long connection, Fingerprint party, long nonce) {
    return new Output.Splice(
        stream, connection, new StreamHeader.Join(party, nonce), false, BYTES_MAX);
  }

  private static Output joinClosed(long connection, long nonce, CloseCode code) {
    return send(connection, new ControlMessage.CircuitClosed(NETWORK, nonce, code.code()));
  }

  @Test
  void aNodeThatOnlySaysSoIsNotTheRegistrar() {
    board.connect(2, NETWORK, 2);
    board.message(2, Board.hello(2, Capability.REGISTRAR));
    board.message(2, new ControlMessage.RegistrarProof(Opaque.of(new byte[] {1})));
    assertThat(board.drain())
        .contains(
            new Output.CheckRegistrar(
                2, new Output.Claimant(NETWORK, fingerprint(2), 2), Opaque.of(new byte[] {1})));
    board.switchboard.handleRegistrar(2, false);
    board.connectJoiner(1, 50);

    board.stream(1, new StreamHeader.Join(NETWORK, 9));

    assertThat(board.refusals(Refusal.JOIN_NO_REGISTRAR)).isEqualTo(1);
    assertThat(board.refusals(Refusal.REGISTRAR_NOT_PROVEN)).isEqualTo(1);
  }

  @Test
  void splicesAJoiningHostToTheRegistrarAndBack() {
    board.up(1, 1);
    board.up(2, NETWORK, 2, Capability.REGISTRAR);
    board.connectJoiner(3, 50);

    long request = board.stream(3, join(NETWORK, 7));
    long answer = board.stream(2, join(fingerprint(50), 7));

    assertThat(board.drain())
        .containsExactly(spliced(request, 2, fingerprint(50), 7), spliced(answer, 3, NETWORK, 7));
    board.switchboard.handleStreamEnded(request, null, board.nowNanos);
    board.switchboard.handleStreamEnded(answer, null, board.nowNanos);
    board.sleep(29_000);
    assertThat(board.drain()).isEmpty();
  }

  @Test
  void saysThatNoRegistrarIsThere() {
    board.up(1, 1);
    board.connectJoiner(3, 50);

    long request = board.stream(3, join(NETWORK, 7));

    assertThat(board.drain())
        .containsExactly(
            endStream(request, CloseCode.PEER_OFFLINE), joinClosed(3, 7, CloseCode.PEER_OFFLINE));
  }

  @Test
  void splicesAMemberToItsOwnRegistrarOnly() {
    board.up(1, 1);
    board.up(2, NETWORK, 2, Capability.REGISTRAR);
    board.up(3, OTHER_NETWORK, 3, Capability.REGISTRAR);

    long renewal = board.stream(1, join(NETWORK, 7));
    long foreign = board.stream(1, join(OTHER_NETWORK, 8));
    long answer = board.stream(2, join(fingerprint(1), 7));
    long uninvited = board.stream(2, join(fingerprint(1), 9));

    assertThat(board.drain())
        .containsExactly(
            spliced(renewal, 2, fingerprint(1), 7),
            endStream(foreign, CloseCode.NOT_ALLOWED),
            spliced(answer, 1, NETWORK, 7),
            endStream(uninvited, CloseCode.NOT_ALLOWED));
  }

  @Test
  void onlyTheRegistrarThatWasAskedAnswers() {
    board.up(1, 1);
    board.up(2, NETWORK, 2, Capability.REGISTRAR);
    board.connectJoiner(3, 50);
    board.stream(3, join(NETWORK, 7));
    board.drain();

    long forged = board.stream(1, join(fingerprint(50), 7));

    assertThat(board.drain()).containsExactly(endStream(forged, CloseCode.NOT_ALLOWED));
  }

  @Test
  void endsAJoinThatTakesTooLong() {
    board.up(2, NETWORK, 2, Capability.REGISTRAR);
    board.up(1, 1);
    long request = board.stream(1, join(NETWORK, 7));
    board.drain();

    board.sleep(30_000);

    assertThat(board.drain())
        .containsExactly(
            endStream(request, CloseCode.TIMED_OUT), joinClosed(1, 7, CloseCode.TIMED_OUT));
  }

  @Test
  void closesAJoiningHostAfterItsTime() {
    board.connectJoiner(3, 50);

    board.sleep(30_000);

    assertThat(board.drain()).containsExactly(close(3, CloseCode.TIMED_OUT));
  }

  @Test
  void tellsTheHostThatTheRegistrarLeft() {
    board.up(2, NETWORK, 2, Capability.REGISTRAR);
    board.connectJoiner(3, 50);
    long request = board.stream(3, join(NETWORK, 7));
    board.drain();

    board.switchboard.handleDisconnected(2, "killed", board.nowNanos);

    assertThat(board.drain())
        .containsExactly(
            endStream(request, CloseCode.PEER_GONE), joinClosed(3, 7, CloseCode.PEER_GONE));
  }

  @Test
  void endsTheJoinOfAHostThatLeftAndSendsItNothing() {
    board.up(2, NETWORK, 2, Capability.REGISTRAR);
    board.connectJoiner(3, 50);
    long request = board.stream(3, join(NETWORK, 7));
    board.drain();

    board.switchboard.handleDisconnected(3, "gone", board.nowNanos);

    assertThat(board.drain()).containsExactly(endStream(request, CloseCode.PEER_GONE));
  }

  @Test
  void boundsTheHostsOfOneSourceAtOnceAndInAMinute() {
    RelayLimits.Joins limits = RelayLimits.defaults().joins();
    for (int i = 0; i < limits.perSourceMax(); i++) {
      board.connectJoiner(10 + i, 50);
    }
    assertThat(board.drain()).isEmpty();

    board.connectJoiner(20, 50);
    assertThat(board.drain()).containsExactly(close(20, CloseCode.QUOTA));
    int admitted = limits.perSourceMax();
    for (int i = 0; i < 20; i++) {
      board.switchboard.handleDisconnected(10 + i, "done", board.nowNanos);
      board.connectJoiner(10 + i + limits.perSourceMax(), 50);
      admitted += board.drain().isEmpty() ? 1 : 0;
    }

    assertThat(admitted).isEqualTo(limits.perSourcePerMinute());
  }

  @Test
  void aHostHasOneJoinAtATime() {
    board.up(2, NETWORK, 2, Capability.REGISTRAR);
    board.connectJoiner(3, 50);
    board.stream(3, join(NETWORK, 7));
    board.drain();

    long second = board.stream(3, join(NETWORK, 8));

    assertThat(board.drain())
        .containsExactly(endStream(second, CloseCode.QUOTA), joinClosed(3, 8, CloseCode.QUOTA));
  }

  @Test
  void aJoiningHostGetsNothingElse() {
    board.up(1, 1);
    board.connectJoiner(3, 50);

    long circuit = board.circuit(3, 1, 7);
    board.message(3, Board.hello(3, 0));
    board.message(3, new ControlMessage.Ping(1));

    assertThat(board.drain())
        .containsExactly(
            endStream(circuit, CloseCode.NOT_ALLOWED), send(3, new ControlMessage.Pong(1)));
  }
}
