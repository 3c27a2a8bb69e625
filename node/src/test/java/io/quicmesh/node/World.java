package io.quicmesh.node;

import io.quicmesh.migration.HandoverStep;
import io.quicmesh.node.world.Underlay;
import io.quicmesh.node.world.WorldClock;
import io.quicmesh.node.world.WorldHost;
import io.quicmesh.transport.carrier.DirectCarrier;
import io.quicmesh.transport.session.Carrier;
import io.quicmesh.transport.session.FlightBudget;
import io.quicmesh.transport.session.Session;
import io.quicmesh.transport.session.SessionCounters;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Nodes and relays in a simulated underlay, and what must always hold in it. Everything that
 * happens comes from one seed.
 */
final class World {

  static final long MILLI = 1_000_000L;
  static final long SECOND = 1_000 * MILLI;

  private static final int LOG_LINES_MAX = 400;
  private static final long FLIGHT_SLACK_BYTES = 128 * 1024 + 80 * 1024;
  private static final long CIRCUIT_FLIGHT_BYTES = 2 << 20;
  private static final long RELAY_FLIGHT_BYTES = 12 << 20;

  private final WorldIdentities identities;
  private final WorldClock clock;
  private final Underlay underlay;
  private final CarrierAudit audit = new CarrierAudit();
  private final FrameLedger ledger = new FrameLedger();
  private final List<WorldNode> nodes = new ArrayList<>();
  private final List<WorldRelay> relays = new ArrayList<>();
  private final Map<FrameLedger.Pair, Long> excused = new HashMap<>();
  private final Deque<String> log = new ArrayDeque<>();
  private int addresses;
  private int crashAtStep = -1;
  private long crashes;

  World(long seed, WorldIdentities identities) {
    this.identities = identities;
    this.clock = new WorldClock(seed);
    long idleSeconds = new long[] {3, 8, 30}[clock.random().nextInt(3)];
    this.underlay = new Underlay(clock, idleSeconds * SECOND, audit);
  }

  // What there is.

  WorldRelay addRelay() {
    int index = relays.size();
    WorldHost host =
        underlay.add(
            "relay" + index,
            identities.relays.get(index),
            address(WorldIdentities.relayHost(index), WorldIdentities.RELAY_PORT));
    WorldRelay relay = new WorldRelay(host, this);
    relays.add(relay);
    return relay;
  }

  WorldNode addNode(NodeSettings settings) {
    int index = nodes.size();
    WorldHost host = underlay.add("node" + index, identities.nodes.get(index), nextAddress());
    WorldNode node = new WorldNode(index, host, this, settings);
    nodes.add(node);
    return node;
  }

  /** An address that nobody has had. */
  InetSocketAddress nextAddress() {
    addresses++;
    return address("198.51." + addresses / 250 + "." + (1 + addresses % 250), 5000);
  }

  private static InetSocketAddress address(String ip, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByName(ip), port);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  WorldIdentities identities() {
    return identities;
  }

  WorldClock clock() {
    return clock;
  }

  Underlay underlay() {
    return underlay;
  }

  FrameLedger ledger() {
    return ledger;
  }

  CarrierAudit audit() {
    return audit;
  }

  List<WorldNode> nodes() {
    return nodes;
  }

  List<WorldRelay> relays() {
    return relays;
  }

  // What happens.

  /** The next time that a handover finishes this step, that node crashes. */
  void crashAtStep(int step) {
    crashAtStep = step;
  }

  void handleStep(WorldNode node, HandoverStep step) {
    if (step.state().step() == crashAtStep) {
      crashAtStep = -1;
      log(node, "crashes after step " + step.state().step() + ": " + step);
      clock.faultAfter(0, () -> crash(node));
      clock.faultAfter(clock.between(1, 2_000) * MILLI, () -> restart(node));
    }
  }

  /** A node dies; frames that it had accepted die with it. */
  void crash(WorldNode node) {
    if (!node.isRunning()) {
      return;
    }
    crashes++;
    for (WorldNode other : nodes) {
      excuse(node, other, Long.MAX_VALUE);
    }
    node.host.loop().goOn();
    if (node.isRunning()) {
      node.crash();
    }
  }

  void restart(WorldNode node) {
    if (!node.isRunning()) {
      log(node, "starts");
      node.start();
    }
  }

  /** Frames of a run that has ended may be missing. */
  private void excuse(WorldNode from, WorldNode to, long frames) {
    excused.put(new FrameLedger.Pair(from.index, from.boot(), to.index), frames);
  }

  /** Lets time pass, and checks all the while. */
  void run(long nanos) {
    long end = clock.nowNanos() + nanos;
    while (clock.nowNanos() < end) {
      clock.runFor(Math.min(20 * MILLI, end - clock.nowNanos()));
      check();
    }
  }

  void log(Object who, String what) {
    log.add(clock.nowNanos() / MILLI - 1_000_000 + " " + who + " " + what);
    if (log.size() > LOG_LINES_MAX) {
      log.remove();
    }
  }

  String story() {
    return String.join("\n", log);
  }

  // What must hold at any time.

  void check() {
    for (WorldNode node : nodes) {
      if (node.isRunning()) {
        checkBounds(node);
        checkLoss(node, false);
      }
    }
  }

  private void checkBounds(WorldNode node) {
    WorldNode.Running run = node.running();
    long all = 0;
    IdentityHashMap<FlightBudget, Long> onRelays = new IdentityHashMap<>();
    for (Peer peer : run.mesh().peers()) {
      Session session = peer.session();
      long flight = session.flightBytes();
      all += flight;
      Carrier carrier = session.carrier();
      long most = run.context().settings().flightBytesMax();
      if (carrier != null && carrier.kind() == Carrier.Kind.CIRCUIT) {
        onRelays.merge(carrier.flightBudget(), flight, Long::sum);
        most = CIRCUIT_FLIGHT_BYTES;
      }
      require(flight >= 0 && flight <= most + FLIGHT_SLACK_BYTES, node, "flight " + flight);
      long staged = session.stagedBytes();
      require(
          staged >= 0 && staged <= run.context().settings().stagedBytesMax() + FLIGHT_SLACK_BYTES,
          node,
          "staged " + staged);
      require(
          carrier == null
              || peer.carriers().entries().stream().anyMatch(e -> e.carrier().equals(carrier)),
          node,
          "lanes on a carrier that is gone");
    }
    long used = run.context().flightBudget().usedBytes();
    require(used == all, node, "budget of " + used + " for " + all + " bytes in flight");
    onRelays.forEach(
        (budget, sum) -> {
          require(budget.usedBytes() == sum, node, "a relay's budget is not what is in flight");
          require(sum <= RELAY_FLIGHT_BYTES + FLIGHT_SLACK_BYTES, node, "too much on a relay");
        });
  }

  /** Frames may be missing only if the session says so. */
  private void checkLoss(WorldNode from, boolean atEnd) {
    for (WorldNode to : nodes) {
      FrameLedger.Pair pair = new FrameLedger.Pair(from.index, from.boot(), to.index);
      SessionCounters counters = from.counters(to);
      if (counters == null || excused.containsKey(pair)) {
        continue;
      }
      long lost = ledger.lost(pair) + (atEnd ? ledger.missing(pair) : 0);
      long told = counters.stale() + counters.lostByRestart();
      require(lost <= told, from, "lost " + lost + " frames to " + to + ", told of " + told);
      if (crashes == 0) {
        require(counters.lostByRestart() == 0, from, "takes a living peer for restarted");
      }
    }
  }

  private void require(boolean holds, WorldNode node, String otherwise) {
    if (!holds) {
      throw new AssertionError(node + ": " + otherwise);
    }
  }

  // What must hold when all faults are over.

  /** What keeps the world from being at rest; null if it is. */
  @Nullable String unrest() {
    for (WorldNode from : nodes) {
      for (WorldNode to : nodes) {
        if (from != to) {
          String trouble = unrest(from, to);
          if (trouble != null) {
            return from + " to " + to + ": " + trouble;
          }
        }
      }
    }
    return null;
  }

  private @Nullable String unrest(WorldNode from, WorldNode to) {
    Peer there = from.peer(to);
    Peer back = to.peer(from);
    if (there == null || back == null || !there.session().isEstablished()) {
      return "no session";
    }
    Carrier mine = there.session().carrier();
    Carrier theirs = back.session().carrier();
    if (mine == null || theirs == null) {
      return "no carrier";
    }
    if (!name(mine).equals(name(theirs))) {
      return "on " + name(mine) + " and not on " + name(theirs);
    }
    if (!there.session().sessionId().equals(back.session().sessionId())) {
      return "two different sessions";
    }
    long open = there.session().flightBytes() + there.session().stagedBytes();
    return open == 0 ? null : open + " bytes are not delivered";
  }

  private static String name(Carrier carrier) {
    return carrier instanceof DirectCarrier direct
        ? "direct " + direct.connection().id()
        : "circuit " + carrier.relay();
  }

  /** At rest: everything has arrived that was not told to be lost. */
  void checkNothingIsMissing() {
    for (WorldNode node : nodes) {
      checkLoss(node, true);
    }
  }

  void close() {
    nodes.forEach(WorldNode::stop);
    relays.forEach(WorldRelay::crash);
  }
}
