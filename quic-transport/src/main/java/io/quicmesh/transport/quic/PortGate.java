package io.quicmesh.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;
import io.netty.util.concurrent.Future;
import io.quicmesh.migration.ConnectionRole;
import io.quicmesh.migration.gate.Gate;
import io.quicmesh.migration.gate.GateAnswer;
import io.quicmesh.migration.gate.GateConnection;
import io.quicmesh.migration.gate.GateOutput;
import io.quicmesh.migration.gate.GateReason;
import io.quicmesh.migration.gate.GateSettings;
import io.quicmesh.migration.gate.SourceAddress;
import io.quicmesh.migration.gate.Verdict;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Applies the {@link Gate} at a port: keeps the packets that wait, sends challenges in the server
 * role and answers them in the client role, below the codec. Owned by the event loop.
 */
final class PortGate {

  /** What the gate does with datagrams. */
  interface Port {

    /** Gives a packet that was held to its codec; it is released there. */
    void release(PortConnection connection, DatagramPacket packet);

    /**
     * All that could be released now are. The codec may send from here on, and no sooner: QUIC
     * sends three times what came from a new address before it is validated (RFC 9000 section 8.1),
     * so after the first packet alone, if that is short, a challenge of less than 1200 bytes, which
     * has to be repeated with more.
     */
    void releaseComplete();

    /** Sends a datagram of ours to a source, from where its packets come in. */
    void send(ByteBuf packet, InetSocketAddress destination);
  }

  private static final int ANSWERS_PER_SECOND = 50;

  private final EventLoop loop;
  private final Port port;
  private final GateKeys keys = new GateKeys();
  private final Gate gate =
      new Gate(
          GateSettings.withChallengeBytes(GatePackets.CHALLENGE_BYTES),
          keys,
          new SecureRandom().nextLong());
  private final LongObjectMap<HeldPacket> held = new LongObjectHashMap<>();
  private final Map<GateConnection, Long> names = new LinkedHashMap<>();
  private final LongObjectMap<PortConnection> byName = new LongObjectHashMap<>();
  private @Nullable Future<?> timer;
  private long answersSinceNanos;
  private int answers;
  private long passedAtOnce;

  private record HeldPacket(PortConnection connection, DatagramPacket packet) {}

  PortGate(EventLoop loop, Port port) {
    this.loop = loop;
    this.port = port;
    this.answersSinceNanos = nowNanos();
  }

  private long nowNanos() {
    return loop.ticker().nanoTime();
  }

  /** A connection opens; in the client role {@code opening} is the server's address. */
  GateConnection open(QuicConnection.Role role, InetSocketAddress opening) {
    ConnectionRole as =
        role == QuicConnection.Role.CLIENT ? ConnectionRole.CLIENT : ConnectionRole.SERVER;
    return gate.handleOpened(as, source(opening), nowNanos());
  }

  /** A new key for the challenges on a connection. */
  byte[] newKey() {
    return keys.newKey();
  }

  /**
   * Both sides have the key.
   *
   * @param serverChosenId the connection's id
   */
  void setKey(PortConnection connection, byte[] serverChosenId, byte[] key) {
    long name = IdTable.prefix(serverChosenId);
    keys.put(connection.gate(), key);
    names.put(connection.gate(), name);
    byName.put(name, connection);
    gate.handleKeyed(connection.gate());
  }

  void close(PortConnection connection) {
    gate.handleClosed(connection.gate());
    keys.remove(connection.gate());
    Long name = names.remove(connection.gate());
    if (name != null) {
      byName.remove(name);
    }
    drain();
  }

  /**
   * Judges a QUIC packet. One that has to wait is kept.
   *
   * @param packet borrowed
   * @return whether the codec gets it now
   */
  boolean admits(@Nullable PortConnection connection, boolean longHeader, DatagramPacket packet) {
    InetSocketAddress sender = packet.sender();
    if (connection != null && connection.isSource(sender) && !longHeader) {
      passedAtOnce++;
      return true;
    }
    GateConnection known = connection == null ? null : connection.gate();
    int bytes = packet.content().readableBytes();
    switch (gate.handlePacket(known, source(sender), longHeader, bytes, nowNanos())) {
      case ADMIT -> {
        if (connection != null) {
          connection.setSource(sender);
        }
        return true;
      }
      case HOLD -> {
        if (connection != null) {
          held.put(gate.ticket(), new HeldPacket(connection, packet.retain()));
        }
      }
      case DROP -> {
        if (connection != null && connection.client() != null) {
          connection.strangerSent();
        }
      }
    }
    drain();
    return false;
  }

  /** Judges a packet with a long header and an id that a Retry has replaced. */
  boolean admitsReplacedId() {
    return gate.handleReplacedId() == Verdict.ADMIT;
  }

  /**
   * Takes a challenge or an answer.
   *
   * @param packet borrowed
   */
  void ownPacket(InetSocketAddress sender, ByteBuf packet) {
    if (GatePackets.isChallenge(packet)) {
      answer(sender, packet);
    } else if (GatePackets.isAnswer(packet)) {
      PortConnection connection = byName.get(GatePackets.connection(packet));
      long now = nowNanos();
      GateAnswer answer =
          new GateAnswer(
              gate.timeSlot(GatePackets.timeSlot(packet), now),
              GatePackets.cookie(packet),
              GatePackets.proof(packet));
      GateConnection known = connection == null ? null : connection.gate();
      if (gate.handleAnswer(known, source(sender), answer, now) && connection != null) {
        connection.setSource(sender);
      }
      drain();
    }
  }

  /** In the client role: shows the server that it was us who sent from that address. */
  private void answer(InetSocketAddress sender, ByteBuf packet) {
    long name = GatePackets.connection(packet);
    PortConnection connection = byName.get(name);
    ClientPort client = connection == null ? null : connection.client();
    if (connection == null || client == null || !connection.isSource(sender) || !mayAnswer()) {
      return;
    }
    byte[] cookie = GatePackets.cookie(packet);
    GateAnswer answer =
        new GateAnswer(GatePackets.timeSlot(packet), cookie, keys.proof(connection.gate(), cookie));
    client.socket().send(new DatagramPacket(GatePackets.answer(name, answer), sender));
  }

  private boolean mayAnswer() {
    long now = nowNanos();
    if (now - answersSinceNanos >= TimeUnit.SECONDS.toNanos(1)) {
      answersSinceNanos = now;
      answers = 0;
    }
    return ++answers <= ANSWERS_PER_SECOND;
  }

  private void drain() {
    boolean released = false;
    for (GateOutput next = gate.poll(); next != null; next = gate.poll()) {
      if (next instanceof GateOutput.Challenge challenge) {
        challenge(challenge);
      } else if (next instanceof GateOutput.Release release) {
        HeldPacket packet = held.remove(release.ticket());
        if (packet != null) {
          port.release(packet.connection, packet.packet);
          released = true;
        }
      } else if (next instanceof GateOutput.Discard discard) {
        HeldPacket packet = held.remove(discard.ticket());
        if (packet != null) {
          packet.packet.release();
        }
      }
    }
    if (released) {
      port.releaseComplete();
    }
    arm();
  }

  private void challenge(GateOutput.Challenge challenge) {
    Long name = names.get(challenge.connection());
    if (name != null) {
      port.send(
          GatePackets.challenge(name, challenge.timeSlot(), challenge.cookie()),
          challenge.source().address());
    }
  }

  private void arm() {
    if (timer == null && !held.isEmpty()) {
      long delayNanos = Math.max(0, gate.nextDeadlineNanos() - nowNanos());
      timer = loop.schedule(this::handleTimer, delayNanos, TimeUnit.NANOSECONDS);
    }
  }

  private void handleTimer() {
    timer = null;
    gate.handleDeadline(nowNanos());
    drain();
  }

  private static SourceAddress source(InetSocketAddress address) {
    return SourceAddress.of(address.getAddress().getAddress(), address.getPort());
  }

  /** Counters by name. */
  Map<String, Long> counters() {
    Map<String, Long> all = new LinkedHashMap<>();
    for (Map.Entry<GateReason, Long> entry : gate.counts().entrySet()) {
      long more = entry.getKey() == GateReason.ADMITTED ? passedAtOnce : 0;
      String reason = entry.getKey().label().replace('-', '_');
      all.put(CounterGroup.GATE.key(reason), entry.getValue() + more);
    }
    return all;
  }
}
