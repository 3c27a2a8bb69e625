package io.quicmesh.migration.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.migration.ConnectionRole;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Genuine peers and strangers at random: no source is admitted that has not proved itself. */
class GateRandomTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final int CHALLENGE_BYTES = 48;

  private final FakeCrypto crypto = new FakeCrypto();
  private final List<GateConnection> connections = new ArrayList<>();
  private final Map<GateConnection, Set<SourceAddress>> proved = new HashMap<>();
  private final Map<GateConnection, Integer> heldOf = new HashMap<>();
  private final Map<Long, GateConnection> tickets = new HashMap<>();
  private final Map<Long, Deque<Long>> challengedAt = new HashMap<>();
  private final List<GateOutput.Challenge> challenges = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void admitsOnlyWhoProvedItself(long seed) {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    Gate gate =
        new Gate(GateSettings.withChallengeBytes(CHALLENGE_BYTES), crypto, random.nextLong());
    long now = 0;
    open(gate, random, now);

    for (int i = 0; i < 30_000; i++) {
      now += random.nextInt(20_000_000);
      GateConnection connection = connections.get(random.nextInt(connections.size()));
      SourceAddress source = source(random);
      int choice = random.nextInt(20);
      if (choice == 0) {
        open(gate, random, now);
      } else if (choice == 1 && connections.size() > 1) {
        gate.handleClosed(connection);
        connections.remove(connection);
      } else if (choice < 5 && !challenges.isEmpty()) {
        answer(gate, challenges.get(random.nextInt(challenges.size())), source, random, now);
      } else {
        packet(gate, connection, source, random, now);
      }
      if (random.nextBoolean()) {
        gate.handleDeadline(now);
        assertThat(gate.nextDeadlineNanos()).isGreaterThan(now);
      }
      apply(gate, now);
    }
    gate.handleDeadline(now + SECOND);
    apply(gate, now);
    assertThat(tickets).as("every held packet is settled once").isEmpty();
    assertThat(gate.count(GateReason.HELD))
        .isEqualTo(gate.count(GateReason.RELEASED) + gate.count(GateReason.EXPIRED));
    assertThat(gate.count(GateReason.RELEASED)).isPositive();
  }

  private void open(Gate gate, Random random, long now) {
    SourceAddress opening = source(random);
    ConnectionRole role = random.nextInt(4) == 0 ? ConnectionRole.CLIENT : ConnectionRole.SERVER;
    GateConnection connection = gate.handleOpened(role, opening, now);
    if (random.nextInt(5) != 0) {
      gate.handleKeyed(connection);
    }
    connections.add(connection);
    proved.put(connection, new HashSet<>(Set.of(opening)));
    heldOf.put(connection, 0);
  }

  private void packet(
      Gate gate, GateConnection connection, SourceAddress source, Random random, long now) {
    int length = 20 + random.nextInt(100);
    long challengedBefore = gate.count(GateReason.CHALLENGED);
    Verdict verdict = gate.handlePacket(connection, source, random.nextInt(4) == 0, length, now);
    if (verdict == Verdict.ADMIT) {
      assertThat(proved.get(connection)).contains(source);
    } else if (verdict == Verdict.HOLD) {
      tickets.put(gate.ticket(), connection);
      assertThat(heldOf.merge(connection, 1, Integer::sum)).isLessThanOrEqualTo(8);
    }
    if (gate.count(GateReason.CHALLENGED) > challengedBefore) {
      assertThat(length).isGreaterThanOrEqualTo(CHALLENGE_BYTES);
    }
  }

  private void answer(
      Gate gate, GateOutput.Challenge challenge, SourceAddress other, Random random, long now) {
    GateAnswer genuine = crypto.answer(challenge);
    boolean forged = random.nextBoolean();
    GateAnswer answer =
        forged ? new GateAnswer(genuine.timeSlot(), genuine.cookie(), new byte[44]) : genuine;
    SourceAddress source = random.nextInt(4) == 0 ? other : challenge.source();
    if (gate.handleAnswer(challenge.connection(), source, answer, now)) {
      assertThat(forged).isFalse();
      assertThat(source).isEqualTo(challenge.source());
      proved.computeIfAbsent(challenge.connection(), c -> new HashSet<>()).add(source);
    }
  }

  private void apply(Gate gate, long now) {
    for (GateOutput o = gate.poll(); o != null; o = gate.poll()) {
      if (o instanceof GateOutput.Challenge challenge) {
        challenges.add(challenge);
        if (challenges.size() > 20) {
          challenges.remove(0);
        }
        Deque<Long> sent =
            challengedAt.computeIfAbsent(challenge.source().prefix(), p -> new ArrayDeque<>());
        sent.add(now);
        while (now - sent.getFirst() >= SECOND) {
          sent.remove();
        }
        assertThat(sent.size()).isLessThanOrEqualTo(10);
      } else if (o instanceof GateOutput.Release release) {
        settle(release.ticket());
      } else if (o instanceof GateOutput.Discard discard) {
        settle(discard.ticket());
      }
    }
  }

  private void settle(long ticket) {
    GateConnection connection = tickets.remove(ticket);
    assertThat(connection).isNotNull();
    if (connection != null) {
      heldOf.merge(connection, -1, Integer::sum);
    }
  }

  private static SourceAddress source(Random random) {
    byte[] address = {10, 0, (byte) random.nextInt(3), (byte) random.nextInt(4)};
    return SourceAddress.of(address, 1 + random.nextInt(2));
  }
}
