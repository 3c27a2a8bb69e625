package io.quicmesh.node;

import io.netty.buffer.ByteBuf;
import io.quicmesh.migration.HandoverStep;
import io.quicmesh.node.world.WorldHost;
import io.quicmesh.node.world.WorldLoop;
import io.quicmesh.node.world.WorldTls;
import io.quicmesh.tap.FramePort;
import io.quicmesh.tap.frame.VirtioNetHeader;
import io.quicmesh.transport.identity.MemberVerifier;
import io.quicmesh.transport.identity.RevokedKeys;
import io.quicmesh.transport.quic.Alpn;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.quic.ServerRole;
import io.quicmesh.transport.session.FlightBudget;
import io.quicmesh.transport.session.SessionCounters;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A whole node, from its TAP device to its connections, in the simulated world. */
final class WorldNode implements FramePort {

  private static final int MTU_BYTES = 1500;
  private static final int HEADROOM_BYTES = 16;

  final int index;
  final WorldHost host;
  private final World world;
  private final NodeIdentity identity;
  private final NodeSettings settings;
  private int boot;
  private @Nullable Running running;
  private boolean readingPaused;

  /** One run of the node. */
  record Running(NodeContext context, Mesh mesh, Relays relays) {}

  WorldNode(int index, WorldHost host, World world, NodeSettings settings) {
    this.index = index;
    this.host = host;
    this.world = world;
    this.identity = world.identities().node(index, world.relays().size());
    this.settings = settings;
  }

  // Life.

  void start() {
    boot++;
    readingPaused = false;
    InstantSource clock = InstantSource.fixed(world.identities().now);
    MemberVerifier members = MemberVerifier.ofNetwork(identity.network(), RevokedKeys.NONE, clock);
    ServerRole server = new ServerRole(Map.of(Alpn.NODE, members), this::accept);
    WorldLoop loop = host.start(server);
    Random random = new Random(world.clock().random().nextLong());
    NodeContext context =
        new NodeContext(
            loop,
            host,
            new WorldTls(host),
            identity,
            settings,
            RevokedKeys.NONE,
            new FlightBudget(settings.flightBytesMax()),
            clock,
            random.nextLong(),
            MTU_BYTES,
            random,
            host.allocator());
    Mesh mesh = new Mesh(context, this, events());
    Relays relays = new Relays(context, Runnable::run, mesh.relayNews());
    mesh.setRelays(relays);
    running = new Running(context, mesh, relays);
    relays.start();
  }

  private void accept(QuicConnection connection) {
    Running run = running;
    if (run != null) {
      run.mesh.accept(connection);
    }
  }

  /** The process dies; what it held in memory is counted, as if it had ended in order. */
  void crash() {
    host.cutOffConnections();
    end();
  }

  /** The node ends in order, and tells others so. */
  void stop() {
    end();
  }

  private void end() {
    Running run = running;
    if (run == null) {
      return;
    }
    running = null;
    run.relays.close();
    run.mesh.close();
    host.endConnections();
    host.unplug();
    host.loop().die();
    long direct = host.allocator().metric().usedDirectMemory();
    long heap = host.allocator().metric().usedHeapMemory();
    if (direct != 0 || heap != 0) {
      throw new AssertionError(this + " did not release " + direct + " and " + heap + " bytes");
    }
    if (run.context.flightBudget().usedBytes() != 0) {
      throw new AssertionError(this + " ended with bytes in its flight budget");
    }
  }

  boolean isRunning() {
    return running != null;
  }

  int boot() {
    return boot;
  }

  Running running() {
    Running run = running;
    if (run == null) {
      throw new IllegalStateException(this + " does not run");
    }
    return run;
  }

  // Peers.

  @Nullable Peer peer(WorldNode other) {
    Running run = running;
    return run == null ? null : run.mesh.find(other.identity.id().toString());
  }

  @Nullable SessionCounters counters(WorldNode other) {
    Peer peer = peer(other);
    return peer == null ? null : peer.session().counters();
  }

  // The host's side.

  /** The host sends a frame to another one. */
  void send(WorldNode to, int flowNumber, int bytes) {
    Running run = running;
    if (run == null || host.loop().isStopped() || readingPaused) {
      return;
    }
    FrameLedger ledger = world.ledger();
    FrameLedger.Flow flow =
        new FrameLedger.Flow(new FrameLedger.Pair(index, boot, to.index), flowNumber);
    int sequence = ledger.nextSequence(flow);
    ByteBuf batch = host.allocator().directBuffer(HEADROOM_BYTES + VirtioNetHeader.BYTES + bytes);
    batch.writeZero(HEADROOM_BYTES + VirtioNetHeader.BYTES);
    FrameLedger.write(batch, flow, sequence, bytes);
    SessionCounters before = counters(to);
    run.mesh.frames().frame(batch, HEADROOM_BYTES, batch.writerIndex() - HEADROOM_BYTES);
    SessionCounters after = counters(to);
    if (before != null && after != null && after.framesSent() > before.framesSent()) {
      ledger.accept(flow, sequence);
    }
    run.mesh.frames().batchComplete();
    batch.release();
  }

  @Override
  public boolean write(ByteBuf buf, int offset, int lengthBytes) {
    world.ledger().receive(index, buf, offset + VirtioNetHeader.BYTES);
    return true;
  }

  @Override
  public void pauseReading() {
    readingPaused = true;
  }

  @Override
  public void resumeReading() {
    readingPaused = false;
  }

  @Override
  public boolean isReadingPaused() {
    return readingPaused;
  }

  // What the node tells.

  private void hear(Method method, Object[] arguments) {
    switch (method.getName()) {
      case "fatal" -> throw new AssertionError(this + ": " + arguments[0]);
      case "joinOpened" -> throw new AssertionError("nobody joins here");
      case "handoverStepped" -> world.handleStep(this, (HandoverStep) arguments[1]);
      case "heard", "echoed", "pathChanged" -> {}
      default -> {
        Object[] named = arguments.clone();
        Arrays.setAll(named, i -> named[i] instanceof Peer peer ? peer.name() : named[i]);
        world.log(this, method.getName() + " " + Arrays.toString(named));
      }
    }
  }

  /** Takes everything that a node tells, whatever there will be. */
  private NodeEvents events() {
    return (NodeEvents)
        Proxy.newProxyInstance(
            NodeEvents.class.getClassLoader(),
            new Class<?>[] {NodeEvents.class},
            (proxy, method, arguments) -> {
              hear(method, arguments == null ? new Object[0] : arguments);
              return null;
            });
  }

  @Override
  public String toString() {
    return "node" + index;
  }
}
