package io.quicmesh.relay.core;

import static io.quicmesh.relay.core.Board.NETWORK;
import static io.quicmesh.relay.core.Board.OTHER_NETWORK;
import static io.quicmesh.relay.core.Board.address;
import static io.quicmesh.relay.core.Board.close;
import static io.quicmesh.relay.core.Board.fingerprint;
import static io.quicmesh.relay.core.Board.hello;
import static io.quicmesh.relay.core.Board.presence;
import static io.quicmesh.relay.core.Board.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.Opaque;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PresenceTest {

  private final Board board = new Board();

  private static ControlMessage welcome(int node) {
    return new ControlMessage.Welcome(
        Greeting.PROTOCOL_VERSION,
        Board.GREETING.bootId(),
        Board.GREETING.software(),
        address(node));
  }

  @Test
  void welcomesANodeAndTellsBothSidesOfEachOther() {
    board.up(1, 1);
    board.connect(2, NETWORK, 2);

    board.message(2, hello(2, 0));

    assertThat(board.drain())
        .containsExactly(
            send(2, welcome(2)), send(2, presence(1, true)), send(1, presence(2, true)));
  }

  @Test
  void tellsNothingAcrossNetworks() {
    board.up(1, 1);
    board.connect(2, OTHER_NETWORK, 2);

    board.message(2, hello(2, 0));
    board.switchboard.handleMoved(2, address(9));
    board.switchboard.handleDisconnected(2, "gone", board.nowNanos);

    assertThat(board.drain())
        .containsExactly(send(2, welcome(2)), send(2, new ControlMessage.Observed(address(9))));
  }

  @Test
  void tellsTheOthersThatANodeLeft() {
    board.up(1, 1);
    board.up(2, 2);

    board.switchboard.handleDisconnected(2, "idle", board.nowNanos);

    assertThat(board.drain()).containsExactly(send(1, presence(2, false)));
  }

  @Test
  void pushesAChangedAddressToTheNodeAndItsPeersOnce() {
    board.up(1, 1);
    board.up(2, 2);

    board.switchboard.handleMoved(2, address(9));
    board.switchboard.handleMoved(2, address(9));

    assertThat(board.drain())
        .containsExactly(
            send(2, new ControlMessage.Observed(address(9))),
            send(1, new ControlMessage.Presence(fingerprint(2), true, 2, 0, List.of(address(9)))));
  }

  @Test
  void answersPings() {
    board.up(1, 1);

    board.message(1, new ControlMessage.Ping(42));

    assertThat(board.drain()).containsExactly(send(1, new ControlMessage.Pong(42)));
  }

  @Test
  void closesAConnectionThatSaysNothing() {
    board.connect(1, NETWORK, 1);

    board.sleep(4_999);
    assertThat(board.drain()).isEmpty();
    board.sleep(1);

    assertThat(board.drain()).containsExactly(close(1, CloseCode.TIMED_OUT));
    assertThat(board.refusals(Refusal.HELLO_TIMED_OUT)).isEqualTo(1);
  }

  @Test
  void refusesAnotherVersion() {
    board.connect(1, NETWORK, 1);

    board.message(1, new ControlMessage.Hello(2, 1, 0, "newer"));

    assertThat(board.drain()).containsExactly(close(1, CloseCode.VERSION));
  }

  @Test
  void refusesANetworkThatIsNotAllowed() {
    Board strict = new Board(RelayLimits.defaults(), Set.of(NETWORK));

    strict.connect(1, OTHER_NETWORK, 1);

    assertThat(strict.drain()).containsExactly(close(1, CloseCode.NOT_ALLOWED));
    assertThat(strict.refusals(Refusal.NETWORK_NOT_ALLOWED)).isEqualTo(1);
  }

  @Test
  void closesANodeWhenItsCertificateEnds() {
    board.switchboard.handleConnected(
        1, new Party.Node(NETWORK, fingerprint(1), board.nowNanos + 1_000), address(1), 5);
    board.message(1, hello(1, 0));
    board.drain();

    board.sleep(1);

    assertThat(board.drain()).containsExactly(close(1, CloseCode.EXPIRED));
  }

  @Test
  void asksANodeThatHasBeenSilentAndEndsItWhenItDoesNotAnswer() {
    board.isSilent = true;
    board.up(1, 1);
    board.up(2, 2);

    board.sleep(2_000);
    assertThat(board.drain())
        .containsExactly(send(1, new ControlMessage.Ping(0)), send(2, new ControlMessage.Ping(0)));
    board.message(2, new ControlMessage.Pong(0));
    board.sleep(1_000);

    assertThat(board.drain())
        .containsExactly(send(2, presence(1, false)), close(1, CloseCode.TIMED_OUT));
    assertThat(board.refusals(Refusal.SILENT)).isEqualTo(1);
  }

  @Test
  void doesNotBlameANodeForAPauseOfItsOwn() {
    board.isSilent = true;
    board.up(1, 1);
    board.sleep(1_000);
    board.sleep(1_000);
    board.drain();

    board.nowNanos += 5_000_000_000L;
    board.switchboard.handleDeadline(board.nowNanos);
    board.message(1, new ControlMessage.Pong(0));
    board.sleep(1_000);

    assertThat(board.drain()).isEmpty();
  }

  @Test
  void leavesANodeAloneThatPingsEverySecond() {
    board.up(1, 1);

    board.sleep(60_000);

    assertThat(board.drain()).isEmpty();
  }

  @Test
  void goesOnWithANodeWhoseCertificateWasRenewed() {
    Opaque chain = Opaque.of(new byte[] {1});
    board.switchboard.handleConnected(
        1, new Party.Node(NETWORK, fingerprint(1), board.nowNanos + 1_000), address(1), 5);
    board.message(1, hello(1, 0));
    board.drain();

    board.message(1, new ControlMessage.Renewed(chain));
    assertThat(board.drain())
        .containsExactly(new Output.CheckCertificate(1, NETWORK, fingerprint(1), chain));
    board.switchboard.handleRenewed(1, null);
    board.switchboard.handleRenewed(1, board.nowNanos + 1_000_000_000);
    board.sleep(999);
    assertThat(board.drain()).isEmpty();
    board.sleep(1);

    assertThat(board.drain()).containsExactly(close(1, CloseCode.EXPIRED));
    assertThat(board.refusals(Refusal.CERTIFICATE_INVALID)).isEqualTo(1);
  }

  @Test
  void refusesWhomARestoredListRevokes() {
    RevokedList list = new RevokedList(3, Set.of(fingerprint(1)), Opaque.of(new byte[] {1}));
    board.switchboard.restore(NETWORK, list);
    board.switchboard.restore(
        NETWORK, new RevokedList(2, Set.of(fingerprint(2)), Opaque.of(new byte[] {2})));

    board.connect(1, NETWORK, 1);
    assertThat(board.drain()).containsExactly(close(1, CloseCode.REVOKED));
    board.connect(2, NETWORK, 2);
    board.message(2, hello(2, 0));

    assertThat(board.drain())
        .containsExactly(
            send(2, welcome(2)), send(2, new ControlMessage.Revocations(list.signedList())));
  }

  @Test
  void replacesASilentConnectionOfARestartedNode() {
    board.up(1, 1);
    board.up(2, 2);
    board.connect(3, NETWORK, 1);

    board.message(3, hello(99, 0));
    assertThat(board.drain()).containsExactly(send(1, new ControlMessage.Ping(1)));
    board.sleep(1_000);

    assertThat(board.drain())
        .containsExactly(
            send(3, welcome(1)),
            send(3, presence(2, true)),
            send(2, new ControlMessage.Presence(fingerprint(1), true, 99, 0, List.of(address(1)))),
            close(1, CloseCode.REPLACED));
  }

  @Test
  void admitsTheRestartedNodeAtOnceWhenTheOldConnectionEnds() {
    board.up(1, 1);
    board.connect(3, NETWORK, 1);
    board.message(3, hello(99, 0));
    board.drain();

    board.switchboard.handleDisconnected(1, "idle", board.nowNanos);

    assertThat(board.drain()).containsExactly(send(3, welcome(1)));
  }

  @Test
  void refusesASecondHostWithTheSameKeyAndTellsTheFirst() {
    board.up(1, 1);
    board.connect(3, NETWORK, 1);
    board.message(3, hello(99, 0));
    board.drain();

    board.message(1, new ControlMessage.Pong(1));

    assertThat(board.drain())
        .containsExactly(
            Board.circuitClosed(1, 1, 0, CloseCode.DUPLICATE_KEY),
            close(3, CloseCode.DUPLICATE_KEY));
    assertThat(board.refusals(Refusal.DUPLICATE_KEY)).isEqualTo(1);
    assertThat(board.switchboard.snapshot().clients())
        .singleElement()
        .satisfies(client -> assertThat(client.duplicateKey()).isTrue());
  }

  @Test
  void ignoresAPongThatDoesNotAnswerTheProbe() {
    board.up(1, 1);
    board.connect(3, NETWORK, 1);
    board.message(3, hello(99, 0));
    board.message(1, new ControlMessage.Pong(7));
    board.drain();

    board.sleep(1_000);

    assertThat(board.drain()).contains(close(1, CloseCode.REPLACED));
  }

  @Test
  void keepsBothConnectionsOfANodeThatRenewsItsOwn() {
    board.up(1, 1);
    board.up(2, 2);
    board.circuit(1, 2, 7);
    board.circuit(2, 1, 7);
    board.drain();
    board.connect(3, NETWORK, 1);

    board.message(3, hello(1, 0));

    assertThat(board.drain())
        .containsExactly(
            send(3, welcome(1)), send(3, presence(2, true)), send(2, presence(1, true)));
    assertThat(board.switchboard.snapshot().circuits()).hasSize(1);
    board.sleep(60_000);
    assertThat(board.drain())
        .contains(close(1, CloseCode.REPLACED), Board.circuitClosed(2, 1, 7, CloseCode.PEER_GONE));
  }

  @Test
  void goesBackToTheOlderConnectionWhenTheRenewedOneEnds() {
    board.up(1, 1);
    board.up(2, 2);
    board.up(3, 1);

    board.switchboard.handleDisconnected(3, "idle", board.nowNanos);

    assertThat(board.drain())
        .containsExactly(
            send(1, welcome(1)), send(1, presence(2, true)), send(2, presence(1, true)));
    board.sleep(120_000);
    assertThat(board.drain()).isEmpty();
  }

  @Test
  void handsOnANewerListOfRevokedKeysAndClosesWhomItNames() {
    board.up(1, 1);
    board.up(2, 2);
    Opaque bytes = Opaque.of(new byte[] {1, 2, 3});
    board.message(1, new ControlMessage.Revocations(bytes));
    assertThat(board.drain()).containsExactly(new Output.CheckRevocations(1, NETWORK, bytes));

    board.switchboard.handleRevocations(
        1, new RevokedList(1, Set.of(fingerprint(2)), bytes), board.nowNanos);

    assertThat(board.drain())
        .containsExactly(
            new Output.KeepRevocations(NETWORK, bytes),
            send(1, new ControlMessage.Revocations(bytes)),
            send(2, new ControlMessage.Revocations(bytes)),
            send(1, presence(2, false)),
            close(2, CloseCode.REVOKED));
    board.connect(3, NETWORK, 2);
    assertThat(board.drain()).containsExactly(close(3, CloseCode.REVOKED));
  }

  @Test
  void remembersRevokedKeysWhenNobodyIsThere() {
    board.up(1, 1);
    Opaque bytes = Opaque.of(new byte[] {1});
    board.switchboard.handleRevocations(
        1, new RevokedList(1, Set.of(fingerprint(2)), bytes), board.nowNanos);
    board.switchboard.handleDisconnected(1, "left", board.nowNanos);
    board.drain();

    board.connect(2, NETWORK, 2);
    board.connect(3, NETWORK, 3);
    board.message(3, hello(3, 0));

    assertThat(board.drain())
        .containsExactly(
            close(2, CloseCode.REVOKED),
            send(3, welcome(3)),
            send(3, new ControlMessage.Revocations(bytes)));
  }

  @Test
  void ignoresAnOlderOrForgedList() {
    board.up(1, 1);
    Opaque bytes = Opaque.of(new byte[] {1});
    board.switchboard.handleRevocations(1, new RevokedList(5, Set.of(), bytes), 6);
    board.drain();

    board.switchboard.handleRevocations(1, new RevokedList(5, Set.of(), bytes), 6);
    board.switchboard.handleRevocations(1, null, 6);

    assertThat(board.drain()).isEmpty();
    assertThat(board.refusals(Refusal.REVOCATIONS_STALE)).isEqualTo(1);
    assertThat(board.refusals(Refusal.REVOCATIONS_INVALID)).isEqualTo(1);
  }

  @Test
  void drainsWhenAllHaveLeft() {
    board.up(1, 1);
    board.up(2, 2);

    board.switchboard.drain(30_000, board.nowNanos);
    assertThat(board.drain())
        .containsExactly(
            send(1, new ControlMessage.Drain(30_000)), send(2, new ControlMessage.Drain(30_000)));
    long stream = board.circuit(1, 2, 7);
    board.connect(3, NETWORK, 3);
    assertThat(board.drain())
        .containsExactly(
            Board.endStream(stream, CloseCode.SHUTTING_DOWN),
            Board.circuitClosed(1, 2, 7, CloseCode.SHUTTING_DOWN),
            close(3, CloseCode.SHUTTING_DOWN));
    board.switchboard.handleDisconnected(1, "moved", board.nowNanos);
    board.switchboard.handleDisconnected(2, "moved", board.nowNanos);

    assertThat(board.drain()).endsWith(new Output.Stop());
    board.sleep(30_000);
    assertThat(board.drain()).isEmpty();
  }

  @Test
  void stopsWhenTheGraceIsOver() {
    board.up(1, 1);
    board.switchboard.drain(1_000, board.nowNanos);
    board.drain();

    board.sleep(1_000);

    assertThat(board.drain()).containsExactly(new Output.Stop());
  }

  @Test
  void boundsTheConnectionsOfOneNodeAndOfOneNetwork() {
    RelayLimits defaults = RelayLimits.defaults();
    RelayLimits tight =
        new RelayLimits(
            new RelayLimits.Connections(5, 3, 2, 2, 2),
            defaults.circuits(),
            defaults.joins(),
            defaults.rates(),
            defaults.times());
    Board small = new Board(tight, null);

    small.connect(1, NETWORK, 1);
    small.connect(2, NETWORK, 1);
    small.connect(3, NETWORK, 2);
    assertThat(small.drain()).containsExactly(close(3, CloseCode.QUOTA));
    small.message(1, hello(1, 0));
    small.message(2, hello(1, 0));
    small.drain();
    small.connect(4, NETWORK, 1);
    assertThat(small.drain()).containsExactly(close(4, CloseCode.QUOTA));
    small.up(5, 2);
    small.connect(6, NETWORK, 3);
    assertThat(small.drain()).containsExactly(close(6, CloseCode.QUOTA));
    small.connect(7, OTHER_NETWORK, 1);
    small.connect(8, fingerprint(102), 1);
    assertThat(small.drain()).containsExactly(close(8, CloseCode.QUOTA));

    assertThat(small.refusals(Refusal.QUOTA_PENDING_HANDSHAKES)).isEqualTo(1);
    assertThat(small.refusals(Refusal.QUOTA_CONNECTIONS)).isEqualTo(2);
    assertThat(small.refusals(Refusal.QUOTA_NETWORKS)).isEqualTo(1);
  }
}
