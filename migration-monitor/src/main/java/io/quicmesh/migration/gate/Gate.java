package io.quicmesh.migration.gate;

import io.quicmesh.migration.ConnectionRole;
import io.quicmesh.migration.Deadlines;
import io.quicmesh.migration.gate.GateConnection.Held;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides packet by packet what the QUIC codec sees. The codec sends to whatever source last showed
 * a known connection ID, before it authenticates anything; so a packet of a known id from a new
 * source waits until that source has answered a challenge that only the connection's peer can
 * answer. Then QUIC's own path validation runs as well (RFC 9000 section 8.2).
 *
 * <p>The rules, in their order: a client hears its server only. An id that a Retry replaced is
 * nobody's. What has no known id passes if it has a long header: it begins a connection. A known
 * source passes. Long headers of a known id, and everything before the connection has a key, come
 * from the opening address only. The rest is held and challenged.
 *
 * <p>Nothing is kept for a source that has not answered but the bounded number of held packets.
 * Wrong answers are counted and ignored.
 *
 * <p>Mutable; owned by the event loop that owns the port. Admitting allocates nothing.
 */
public final class Gate {

  private final GateSettings settings;
  private final GateCrypto crypto;
  private final ChallengeLimit limit;
  private final Deque<GateOutput> outputs = new ArrayDeque<>();
  private final Deque<Held> held = new ArrayDeque<>();
  private final GateCounters counters = new GateCounters();
  private long connections;
  private long ticket;

  /**
   * @param seed random: keeps strangers from choosing whose challenges they share
   */
  public Gate(GateSettings settings, GateCrypto crypto, long seed) {
    this.settings = settings;
    this.crypto = crypto;
    this.limit = new ChallengeLimit(settings.challengesPerSecond(), seed);
  }

  /**
   * A connection opens.
   *
   * @param opening in the server role the source of its first packet, in the client role the
   *     server's address
   */
  public GateConnection handleOpened(ConnectionRole role, SourceAddress opening, long nowNanos) {
    return new GateConnection(++connections, role, opening, nowNanos);
  }

  /** Both sides have the key that proves answers. */
  public void handleKeyed(GateConnection connection) {
    connection.setKeyed();
  }

  /** The connection is gone: what is held of it is dropped. */
  public void handleClosed(GateConnection connection) {
    for (Held packet : connection.held()) {
      settle(packet, false);
    }
    connection.held().clear();
  }

  /**
   * A packet arrived.
   *
   * @param connection whose id it bears as its destination, null for an unknown id
   * @param longHeader the form of its header (RFC 9000 section 17)
   */
  public Verdict handlePacket(
      @Nullable GateConnection connection,
      SourceAddress source,
      boolean longHeader,
      int lengthBytes,
      long nowNanos) {
    if (connection == null) {
      return longHeader ? admit(GateReason.ADMITTED_NEW) : drop(GateReason.UNKNOWN_ID);
    }
    if (connection.role() == ConnectionRole.CLIENT) {
      return connection.isOpening(source)
          ? admit(GateReason.ADMITTED)
          : drop(GateReason.NOT_THE_SERVER);
    }
    if (longHeader) {
      return connection.isOpening(source)
          ? admit(GateReason.ADMITTED)
          : drop(GateReason.LONG_HEADER);
    }
    if (connection.admits(source, nowNanos)) {
      return admit(GateReason.ADMITTED);
    }
    if (!connection.isKeyed()) {
      return drop(GateReason.NO_KEY);
    }
    boolean challenged = challenge(connection, source, lengthBytes, nowNanos);
    return hold(connection, source, challenged, nowNanos);
  }

  /**
   * A packet with a long header arrived that bears the id of a connection's first Initial, which a
   * Retry has replaced since. Its client sends no such any more (RFC 9000, section 17.2.5.2), and
   * to the codec it would begin another connection.
   */
  public Verdict handleReplacedId() {
    return drop(GateReason.REPLACED_ID);
  }

  /** Challenges the source if it may be and no challenge is under way; whether it did. */
  private boolean challenge(
      GateConnection connection, SourceAddress source, int lengthBytes, long nowNanos) {
    if (connection.holdsChallenged(source)) {
      counters.add(GateReason.CHALLENGE_PENDING);
    } else if (lengthBytes < settings.challengeBytes()) {
      counters.add(GateReason.CHALLENGE_TOO_LARGE);
    } else if (!limit.tryTake(source.prefix(), nowNanos)) {
      counters.add(GateReason.CHALLENGE_LIMITED);
    } else {
      counters.add(GateReason.CHALLENGED);
      long slot = slot(nowNanos);
      byte[] cookie = crypto.cookie(source, connection, slot);
      outputs.add(new GateOutput.Challenge(connection, source, slot, cookie));
      return true;
    }
    return false;
  }

  private Verdict hold(
      GateConnection connection, SourceAddress source, boolean challenged, long nowNanos) {
    if (connection.held().size() >= settings.heldMax()) {
      return drop(GateReason.HELD_FULL);
    }
    counters.add(GateReason.HELD);
    Held packet = new Held(connection, source, ++ticket, nowNanos + settings.holdNanos());
    packet.challenged = challenged;
    connection.held().add(packet);
    held.add(packet);
    return Verdict.HOLD;
  }

  /** The ticket of the packet that was held last. */
  public long ticket() {
    return ticket;
  }

  /**
   * An answer to a challenge arrived; true if its source may send to the connection from now on.
   *
   * @param connection the connection that it names, null if there is none
   */
  public boolean handleAnswer(
      @Nullable GateConnection connection, SourceAddress source, GateAnswer answer, long nowNanos) {
    long age = slot(nowNanos) - answer.timeSlot();
    if (age < 0 || age > 1) {
      counters.add(GateReason.ANSWER_STALE);
      return false;
    }
    if (connection == null || !isProven(connection, source, answer)) {
      counters.add(GateReason.ANSWER_WRONG);
      return false;
    }
    counters.add(GateReason.ANSWERED);
    connection.admit(source, nowNanos);
    for (Held packet : connection.held()) {
      if (packet.source.equals(source)) {
        settle(packet, true);
      }
    }
    connection.held().removeIf(packet -> packet.settled);
    return true;
  }

  private boolean isProven(GateConnection connection, SourceAddress source, GateAnswer answer) {
    if (!connection.isKeyed() || connection.role() == ConnectionRole.CLIENT) {
      return false;
    }
    byte[] cookie = crypto.cookie(source, connection, answer.timeSlot());
    return MessageDigest.isEqual(cookie, answer.cookie())
        && MessageDigest.isEqual(crypto.proof(connection, cookie), answer.proof());
  }

  public long nextDeadlineNanos() {
    dropSettled();
    Held first = held.peek();
    return first == null ? Deadlines.NEVER : first.untilNanos;
  }

  /** Drops what was held for too long. */
  public void handleDeadline(long nowNanos) {
    dropSettled();
    for (Held packet = held.peek();
        packet != null && nowNanos >= packet.untilNanos;
        packet = held.peek()) {
      held.remove();
      settle(packet, false);
      packet.connection.held().remove(packet);
      dropSettled();
    }
  }

  /** All are held for the same time, so the oldest stands first. */
  private void dropSettled() {
    for (Held first = held.peek(); first != null && first.settled; first = held.peek()) {
      held.remove();
    }
  }

  public @Nullable GateOutput poll() {
    return outputs.poll();
  }

  private void settle(Held packet, boolean release) {
    packet.settled = true;
    counters.add(release ? GateReason.RELEASED : GateReason.EXPIRED);
    outputs.add(
        release ? new GateOutput.Release(packet.ticket) : new GateOutput.Discard(packet.ticket));
  }

  /** The newest time slot up to now whose low 32 bits are these. */
  public long timeSlot(int lowBits, long nowNanos) {
    long now = slot(nowNanos);
    return now - ((now - lowBits) & 0xffff_ffffL);
  }

  private long slot(long nowNanos) {
    return Math.floorDiv(nowNanos, settings.answerNanos());
  }

  private Verdict admit(GateReason reason) {
    counters.add(reason);
    return Verdict.ADMIT;
  }

  private Verdict drop(GateReason reason) {
    counters.add(reason);
    return Verdict.DROP;
  }

  public long count(GateReason reason) {
    return counters.count(reason);
  }

  /** All counters. */
  public Map<GateReason, Long> counts() {
    return counters.all();
  }
}
