package io.quicmesh.node;

import io.quicmesh.node.world.WorldHost;
import io.quicmesh.node.world.WorldLoop;
import io.quicmesh.relay.SimulatedRelay;
import io.quicmesh.relay.core.RelayLimits;
import io.quicmesh.transport.identity.MemberVerifier;
import io.quicmesh.transport.identity.RevokedKeys;
import io.quicmesh.transport.quic.Alpn;
import io.quicmesh.transport.quic.ServerRole;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A relay in the simulated world. */
final class WorldRelay {

  final WorldHost host;
  private final World world;
  private @Nullable SimulatedRelay running;
  private boolean draining;

  WorldRelay(WorldHost host, World world) {
    this.host = host;
    this.world = world;
  }

  void start() {
    MemberVerifier members =
        MemberVerifier.ofNetwork(
            world.identities().authority.network(),
            RevokedKeys.NONE,
            InstantSource.fixed(world.identities().now));
    SimulatedRelay[] started = new SimulatedRelay[1];
    ServerRole server =
        new ServerRole(Map.of(Alpn.RELAY, members), connection -> started[0].accept(connection));
    WorldLoop loop = host.start(server);
    started[0] =
        new SimulatedRelay(loop, RelayLimits.defaults(), world.clock().random().nextLong());
    running = started[0];
    draining = false;
  }

  /** The process dies. */
  void crash() {
    SimulatedRelay was = running;
    if (was != null) {
      running = null;
      was.stop();
      host.endConnections();
      host.unplug();
      host.loop().die();
      long direct = host.allocator().metric().usedDirectMemory();
      if (direct != 0) {
        throw new AssertionError(host + " did not release " + direct + " bytes");
      }
    }
  }

  void drain(int graceMillis) {
    if (running != null) {
      draining = true;
      running.drain(graceMillis);
    }
  }

  /** A relay that drains will stop: its operator starts it again. */
  void endDraining() {
    if (draining) {
      crash();
    }
  }

  boolean isRunning() {
    return running != null;
  }

  @Override
  public String toString() {
    return host.toString();
  }
}
