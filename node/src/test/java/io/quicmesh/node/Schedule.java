package io.quicmesh.node;

import static io.quicmesh.node.World.MILLI;
import static io.quicmesh.node.World.SECOND;

import io.quicmesh.migration.CarrierKind;
import io.quicmesh.node.world.Wire;
import io.quicmesh.node.world.WorldClock;
import io.quicmesh.node.world.WorldConnection;
import io.quicmesh.transport.session.LaterVersion;
import java.lang.reflect.RecordComponent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A random life of a few nodes and relays: traffic and faults, then peace, then rest. */
final class Schedule {

  private static final long REST_WITHIN_NANOS = 60 * SECOND;
  private static final int STEPS_MAX = 14;

  private final World world;
  private final WorldClock clock;
  private long restNanos;

  Schedule(long seed, WorldIdentities identities) {
    world = new World(seed, identities);
    clock = world.clock();
  }

  /** Runs it to its end. */
  void run() {
    int relays = clock.between(1, WorldIdentities.RELAYS_MAX + 1);
    for (int i = 0; i < relays; i++) {
      world.addRelay().start();
    }
    int nodes = clock.oneIn(8) ? 3 : 2;
    boolean direct = !clock.oneIn(5);
    for (int i = 0; i < nodes; i++) {
      world.addNode(settings(direct));
    }
    if (clock.oneIn(4)) {
      pick(world.nodes()).host.runLaterVersion();
    }
    for (WorldNode node : world.nodes()) {
      clock.after(clock.between(0, 300) * MILLI, () -> world.restart(node));
    }
    world.run(clock.between(0, 1_000) * MILLI);
    if (clock.oneIn(4)) {
      world.crashAtStep(clock.between(3, 6));
    }
    int steps = clock.between(2, STEPS_MAX);
    for (int step = 0; step < steps; step++) {
      disturb();
      traffic(clock.between(1, 12));
    }
    makePeace();
    rest();
    traffic(3);
    rest();
    world.checkNothingIsMissing();
    world.close();
  }

  private NodeSettings settings(boolean direct) {
    Map<String, Object> chosen = new HashMap<>();
    chosen.put("dataLanes", clock.between(1, 5));
    chosen.put("direct", direct);
    chosen.put("isMobile", clock.oneIn(4));
    chosen.put("keys", keys());
    if (clock.oneIn(6)) {
      chosen.put("stagedBytesMax", 20_000L);
    }
    return with(chosen);
  }

  /** The default settings but for some, by name. */
  private static NodeSettings with(Map<String, Object> chosen) {
    RecordComponent[] parts = NodeSettings.class.getRecordComponents();
    Class<?>[] types = new Class<?>[parts.length];
    Object[] values = new Object[parts.length];
    try {
      for (int i = 0; i < parts.length; i++) {
        types[i] = parts[i].getType();
        Object usual = parts[i].getAccessor().invoke(NodeSettings.defaults());
        values[i] = chosen.getOrDefault(parts[i].getName(), usual);
      }
      return NodeSettings.class.getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private KeySettings keys() {
    return clock.oneIn(3)
        ? new KeySettings(clock.between(1, 4) * SECOND, clock.between(2, 8) * SECOND)
        : KeySettings.DEFAULT;
  }

  private void traffic(int rounds) {
    for (int i = 0; i < rounds; i++) {
      for (WorldNode from : world.nodes()) {
        for (WorldNode to : world.nodes()) {
          if (from != to) {
            burst(from, to);
          }
        }
      }
      world.run(clock.between(1, 60) * MILLI);
    }
  }

  private void burst(WorldNode from, WorldNode to) {
    Peer peer = from.host.isLater() ? from.peer(to) : null;
    if (peer != null && !from.host.loop().isStopped() && clock.oneIn(3)) {
      LaterVersion.sendRecord(peer.session(), new byte[clock.between(0, 300)]);
    }
    int frames = clock.oneIn(10) ? 20 : clock.between(0, 4);
    for (int i = 0; i < frames; i++) {
      int bytes = clock.oneIn(20) ? 30_000 : clock.between(FrameLedger.FRAME_BYTES_MIN, 400);
      from.send(to, clock.between(0, FrameLedger.FLOWS), bytes);
    }
  }

  // Faults.

  private void disturb() {
    WorldNode node = pick(world.nodes());
    switch (clock.between(0, 18)) {
      case 0, 1 -> cut(pick(world.underlay().wires()), true);
      case 2, 3 -> cut(pick(world.underlay().wires()), false);
      case 4 -> slow(pick(world.underlay().wires()));
      case 5 -> lose(pick(world.underlay().wires()));
      case 6 -> delay(pick(world.underlay().wires()));
      case 7 -> killRelay(pick(world.relays()));
      case 8 -> crash(node);
      case 9 -> roam(node);
      case 10 -> stand(node);
      case 11 -> loseStream(node);
      case 12, 13 -> force(node);
      case 14 -> ratchet(node);
      case 15 -> drain(pick(world.relays()));
      default -> {}
    }
  }

  private <T> T pick(List<T> some) {
    return some.get(clock.random().nextInt(some.size()));
  }

  private void cut(Wire wire, boolean bothWays) {
    Wire other = world.underlay().reverse(wire);
    world.log(wire, bothWays ? "cut" : "cut one way");
    wire.setCut(true);
    if (bothWays) {
      other.setCut(true);
    }
    clock.faultAfter(
        clock.between(10, 4_000) * MILLI,
        () -> {
          world.log(wire, "mended");
          wire.setCut(false);
          other.setCut(false);
        });
  }

  private void slow(Wire wire) {
    world.log(wire, "slow");
    wire.setNanosPerByte(clock.between(100, 20_000));
    clock.faultAfter(clock.between(10, 2_000) * MILLI, () -> wire.setNanosPerByte(0));
  }

  private void lose(Wire wire) {
    world.log(wire, "lossy");
    wire.setLossPermille(clock.between(1, 400));
    clock.faultAfter(clock.between(10, 3_000) * MILLI, () -> wire.setLossPermille(0));
  }

  private void delay(Wire wire) {
    world.log(wire, "late");
    wire.setLatency(clock.between(1, 200) * MILLI, clock.between(0, 50) * MILLI);
  }

  private void killRelay(WorldRelay relay) {
    world.log(relay, "killed");
    relay.crash();
    clock.faultAfter(clock.between(1, 4_000) * MILLI, () -> startRelay(relay));
  }

  private void startRelay(WorldRelay relay) {
    if (!relay.isRunning()) {
      world.log(relay, "starts");
      relay.start();
    }
  }

  private void drain(WorldRelay relay) {
    world.log(relay, "drains");
    relay.drain(500);
    clock.faultAfter(SECOND, () -> killRelay(relay));
  }

  private void crash(WorldNode node) {
    world.log(node, "crashes");
    world.crash(node);
    clock.faultAfter(clock.between(1, 3_000) * MILLI, () -> world.restart(node));
  }

  private void roam(WorldNode node) {
    world.log(node, "roams");
    node.host.roam(world.nextAddress());
    if (node.isRunning() && !clock.oneIn(3)) {
      node.running().mesh().handleNetworkChanged();
      node.running().relays().handleNetworkChanged();
    }
  }

  private void stand(WorldNode node) {
    world.log(node, "stands still");
    node.host.loop().stop();
    clock.faultAfter(
        clock.between(1, 3_000) * MILLI,
        () -> {
          world.log(node, "goes on");
          node.host.loop().goOn();
        });
  }

  private void loseStream(WorldNode node) {
    List<WorldConnection> connections = node.host.connections();
    if (!connections.isEmpty()) {
      WorldConnection connection = pick(connections);
      world.log(node, "loses a stream of " + connection);
      connection.loseStream(clock.random().nextInt(100));
    }
  }

  private void force(WorldNode node) {
    Peer peer = somePeer(node);
    if (peer != null) {
      CarrierKind kind = clock.oneIn(2) ? CarrierKind.DIRECT : CarrierKind.RELAY;
      world.log(node, "forces " + kind);
      peer.force(kind, null, clock.between(1, 3_000));
    }
  }

  private void ratchet(WorldNode node) {
    Peer peer = somePeer(node);
    if (peer != null) {
      world.log(node, "ratchets");
      peer.session().ratchet();
    }
  }

  private @Nullable Peer somePeer(WorldNode node) {
    WorldNode other = pick(world.nodes());
    return node == other || node.host.loop().isStopped() ? null : node.peer(other);
  }

  // Peace.

  private void makePeace() {
    world.run(clock.between(0, 500) * MILLI);
    world.crashAtStep(-1);
    world.log("all", "peace");
    for (Wire wire : world.underlay().wires()) {
      wire.setCut(false);
      wire.setNanosPerByte(0);
      wire.setLossPermille(0);
      wire.setLatency(Math.min(wire.latencyNanos(), 50 * MILLI), 0);
    }
    clock.makePeace();
    world.relays().forEach(WorldRelay::endDraining);
    world.relays().forEach(this::startRelay);
    for (WorldNode node : world.nodes()) {
      node.host.loop().goOn();
      world.restart(node);
    }
  }

  /** Until all sessions are up, both ends of each on one carrier, and everything delivered. */
  private void rest() {
    long begin = clock.nowNanos();
    String unrest = world.unrest();
    while (unrest != null) {
      if (clock.nowNanos() - begin > REST_WITHIN_NANOS) {
        throw new AssertionError("no rest: " + unrest);
      }
      world.run(100 * MILLI);
      unrest = world.unrest();
    }
    restNanos = Math.max(restNanos, clock.nowNanos() - begin);
  }

  long restNanos() {
    return restNanos;
  }

  World world() {
    return world;
  }
}
