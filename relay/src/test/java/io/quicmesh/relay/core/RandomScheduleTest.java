package io.quicmesh.relay.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.transport.wire.Capability;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.StreamHeader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Two networks, restarts, copied keys, joining hosts and nonsense, in any order. */
class RandomScheduleTest {

  private static final Logger LOG = LoggerFactory.getLogger(RandomScheduleTest.class);
  private static final List<Fingerprint> NETWORKS = List.of(Board.NETWORK, Board.OTHER_NETWORK);
  private static final int NODES = 4;
  private static final RelayLimits LIMITS =
      new RelayLimits(
          new RelayLimits.Connections(20, 12, 3, 8, 2),
          new RelayLimits.Circuits(6, 10, 2, 4, 4, 16),
          new RelayLimits.Joins(4, 2, 2, 64 * 1024, 10),
          new RelayLimits.Rates(1_000_000, 3_000_000, 1 << 20),
          RelayLimits.Times.defaults());

  @Test
  void keepsItsPromisesInAnyOrderOfEvents() {
    long base = Long.getLong("quicmesh.seed", System.nanoTime());
    LOG.info("seed {}", base);

    for (int i = 0; i < 20; i++) {
      assertThat(new Schedule(base + i).run(600)).isNotEmpty();
    }
  }

  @Test
  void reachesEverything() {
    Set<Object> seen = new HashSet<>();
    for (int seed = 1; seed <= 40; seed++) {
      for (Output output : new Schedule(seed).run(600)) {
        seen.add(whatHappened(output));
      }
    }

    assertThat(seen)
        .contains(
            CloseCode.REPLACED,
            CloseCode.DUPLICATE_KEY,
            CloseCode.REVOKED,
            CloseCode.EXPIRED,
            CloseCode.QUOTA,
            CloseCode.TIMED_OUT,
            CloseCode.PEER_GONE,
            CloseCode.UNANSWERED,
            CloseCode.SUPERSEDED,
            StreamHeader.Circuit.class,
            StreamHeader.Join.class);
  }

  private static Object whatHappened(Output output) {
    if (output instanceof Output.Close close) {
      return close.code();
    } else if (output instanceof Output.EndStream end) {
      return end.code();
    } else if (output instanceof Output.Splice splice) {
      return splice.header().getClass();
    }
    return output.getClass();
  }

  @Test
  void takesTheSameDecisionsForTheSameEvents() {
    List<Output> first = new Schedule(4711).run(400);
    List<Output> second = new Schedule(4711).run(400);

    assertThat(second).isEqualTo(first);
  }

  /** One run. */
  private static final class Schedule {
    private final long seed;
    private final Random random;
    private final RelaySimulation relay = new RelaySimulation(LIMITS);
    private final Set<RelaySimulation.Stream> opened = new HashSet<>();

    Schedule(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
    }

    List<Output> run(int steps) {
      for (int step = 0; step < steps; step++) {
        act();
        relay.settle();
        check("seed " + seed + " step " + step);
      }
      for (RelaySimulation.Peer peer : List.copyOf(relay.peers.values())) {
        if (relay.peers.containsKey(peer.number)) {
          relay.disconnect(peer);
        }
      }
      checkNothingIsLeft("seed " + seed);
      return relay.trace;
    }

    private void act() {
      switch (random.nextInt(14)) {
        case 0 -> connectNode();
        case 1 -> connectJoiner();
        case 2, 3 -> hello();
        case 4, 5 -> openCircuit();
        case 6 -> openJoin();
        case 7 -> sendBytes();
        case 8 -> endAStream();
        case 9 -> takeBytes();
        case 10 -> answerPings();
        case 11 -> talk();
        case 12 -> sleep();
        default -> disconnect();
      }
    }

    /** Most nodes ping now and then, as they should. */
    private void sleep() {
      for (RelaySimulation.Peer peer : List.copyOf(relay.peers.values())) {
        if (relay.peers.containsKey(peer.number) && random.nextInt(10) > 0) {
          relay.message(peer, new ControlMessage.Ping(1));
        }
      }
      relay.sleep(random.nextLong(TimeUnit.SECONDS.toNanos(3)) + 1);
    }

    private void connectNode() {
      Fingerprint network = pick(NETWORKS);
      int id = random.nextInt(NODES);
      Fingerprint key = Board.fingerprint(id);
      long life = TimeUnit.SECONDS.toNanos(random.nextInt(100));
      Party party = new Party.Node(network, key, relay.nowNanos + life);
      relay.connect(party, network, key, random.nextInt(5));
    }

    private void connectJoiner() {
      Fingerprint key = Board.fingerprint(200 + random.nextInt(3));
      relay.connect(new Party.Joiner(key), pick(NETWORKS), key, random.nextInt(5));
    }

    private void hello() {
      RelaySimulation.Peer peer = anyPeer();
      if (peer != null) {
        peer.bootId = random.nextInt(3);
        int capabilities = random.nextInt(3) == 0 ? Capability.REGISTRAR : 0;
        relay.message(peer, Board.hello(peer.bootId, capabilities));
        relay.switchboard.handleRegistrar(peer.number, capabilities != 0);
      }
    }

    private void openCircuit() {
      RelaySimulation.Peer peer = anyPeer();
      if (peer != null) {
        open(
            peer,
            new StreamHeader.Circuit(
                Board.fingerprint(random.nextInt(NODES + 1)), random.nextInt(2)));
      }
    }

    private void openJoin() {
      RelaySimulation.Peer peer = anyPeer();
      if (peer != null) {
        Fingerprint party =
            random.nextBoolean() ? pick(NETWORKS) : Board.fingerprint(200 + random.nextInt(3));
        open(peer, new StreamHeader.Join(party, random.nextInt(2)));
      }
    }

    private void open(RelaySimulation.Peer peer, StreamHeader header) {
      opened.add(relay.open(peer, header));
    }

    /** Every byte names the network of its sender. */
    private void sendBytes() {
      RelaySimulation.Stream stream = anyStream();
      if (stream != null) {
        byte[] bytes = new byte[random.nextInt(4_000)];
        Arrays.fill(bytes, tag(stream.from));
        stream.in.arrive(bytes);
      }
    }

    private void endAStream() {
      RelaySimulation.Stream stream = anyStream();
      if (stream != null) {
        switch (random.nextInt(3)) {
          case 0 -> stream.in.finish();
          case 1 -> stream.in.fail();
          default -> {
            if (stream.out != null) {
              stream.out.fail();
            }
          }
        }
      }
    }

    private void takeBytes() {
      RelaySimulation.Stream stream = anyStream();
      if (stream != null && stream.out != null) {
        stream.out.open(random.nextInt(10_000));
      }
    }

    private void answerPings() {
      RelaySimulation.Peer peer = anyPeer();
      if (peer != null && !peer.pings.isEmpty()) {
        relay.message(peer, new ControlMessage.Pong(peer.pings.remove(0)));
      }
    }

    private void talk() {
      RelaySimulation.Peer peer = anyPeer();
      if (peer == null) {
        return;
      }
      Opaque list = Opaque.of(new byte[] {1});
      switch (random.nextInt(5)) {
        case 0 -> relay.message(peer, new ControlMessage.Ping(1));
        case 1 -> closeACircuit(peer);
        case 2 -> relay.message(peer, new ControlMessage.Drain(1));
        case 3 -> {
          relay.switchboard.handleMoved(peer.number, Board.address(random.nextInt(5)));
          relay.settle();
        }
        default -> {
          if (random.nextInt(10) == 0) {
            Fingerprint revoked = Board.fingerprint(random.nextInt(NODES));
            relay.switchboard.handleRevocations(
                peer.number,
                new RevokedList(random.nextInt(3), Set.of(revoked), list),
                relay.nowNanos);
            relay.settle();
          }
        }
      }
    }

    /** Mostly one that the peer has no part in. */
    private void closeACircuit(RelaySimulation.Peer peer) {
      List<RelaySimulation.Stream> all = new ArrayList<>(relay.streams.values());
      if (!all.isEmpty() && pick(all).header instanceof StreamHeader.Circuit circuit) {
        relay.message(peer, new ControlMessage.CircuitClosed(circuit.peer(), circuit.nonce(), 16));
      }
    }

    private void disconnect() {
      RelaySimulation.Peer peer = anyPeer();
      if (peer != null && random.nextInt(3) == 0) {
        relay.disconnect(peer);
      }
    }

    private RelaySimulation.@Nullable Peer anyPeer() {
      List<RelaySimulation.Peer> all = new ArrayList<>(relay.peers.values());
      return all.isEmpty() ? null : pick(all);
    }

    private RelaySimulation.@Nullable Stream anyStream() {
      List<RelaySimulation.Stream> all = new ArrayList<>(relay.streams.values());
      return all.isEmpty() ? null : pick(all);
    }

    private <T> T pick(List<T> from) {
      return from.get(random.nextInt(from.size()));
    }

    private static byte tag(RelaySimulation.Peer peer) {
      return (byte) (peer.party instanceof Party.Joiner ? 9 : NETWORKS.indexOf(peer.network));
    }

    private void check(String when) {
      RelaySnapshot snapshot = relay.switchboard.snapshot();
      checkPresence(when, snapshot);
      for (RelaySimulation.Stream stream : relay.streams.values()) {
        assertThat(relay.peers).as(when).containsValue(stream.from);
        if (stream.to != null) {
          assertThat(relay.peers).as(when).containsValue(stream.to);
        }
      }
      for (RelaySimulation.Stream stream : opened) {
        if (stream.out != null && stream.to != null) {
          for (byte b : stream.out.taken()) {
            assertThat(b).as(when).isEqualTo(tag(stream.from));
          }
        }
      }
      opened.removeIf(stream -> !relay.streams.containsKey(stream.number));
      checkBounds(when, snapshot);
    }

    private void checkPresence(String when, RelaySnapshot snapshot) {
      for (RelaySnapshot.Client client : snapshot.clients()) {
        RelaySimulation.Peer peer = relay.peers.get(client.connection());
        assertThat(peer).as(when).isNotNull();
        Set<Fingerprint> others = new LinkedHashSet<>();
        for (RelaySnapshot.Client other : snapshot.clients()) {
          if (other.network().equals(client.network()) && !other.id().equals(client.id())) {
            others.add(other.id());
          }
        }
        assertThat(peer.welcomed).as(when).isTrue();
        assertThat(peer.present).as(when).isEqualTo(others);
      }
    }

    private void checkBounds(String when, RelaySnapshot snapshot) {
      assertThat(relay.peers.size()).as(when).isLessThanOrEqualTo(20 + 4);
      assertThat(snapshot.circuits().size()).as(when).isLessThanOrEqualTo(2 * 10);
      for (RelaySnapshot.Splice circuit : snapshot.circuits()) {
        assertThat(circuit.streams().size()).as(when).isBetween(1, 2 * 4);
        assertThat(relay.streams.keySet()).as(when).containsAll(circuit.streams());
      }
      assertThat(relay.switchboard.deadlines())
          .as(when)
          .isLessThanOrEqualTo(3 * relay.peers.size() + snapshot.circuits().size() + 4);
    }

    private void checkNothingIsLeft(String when) {
      RelaySnapshot snapshot = relay.switchboard.snapshot();
      assertThat(snapshot.clients()).as(when).isEmpty();
      assertThat(snapshot.circuits()).as(when).isEmpty();
      assertThat(snapshot.totals().streams()).as(when).isZero();
      assertThat(snapshot.totals().pending()).as(when).isZero();
      assertThat(relay.streams).as(when).isEmpty();
      assertThat(relay.switchboard.deadlines()).as(when).isZero();
      assertThat(relay.meters.nextDeadlineNanos()).as(when).isEqualTo(Long.MAX_VALUE);
    }
  }
}
