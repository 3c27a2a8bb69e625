package io.quicmesh.node.world;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.quicmesh.transport.identity.PeerRefusedException;
import io.quicmesh.transport.identity.PeerVerifier;
import io.quicmesh.transport.identity.TransportIdentity;
import io.quicmesh.transport.identity.VerifiedPeer;
import io.quicmesh.transport.quic.DialException;
import io.quicmesh.transport.quic.Dialer;
import io.quicmesh.transport.quic.PathEvent;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.quic.ServerRole;
import io.quicmesh.transport.wire.CloseCode;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A host of the underlay with one process at a time: dials, accepts, moves to other addresses,
 * crashes and starts again.
 */
public final class WorldHost implements Dialer {

  private static final long FIRST_RESEND_NANOS = 300_000_000;

  private final String name;
  private final Underlay underlay;
  private final WorldClock clock;
  private final TransportIdentity identity;
  private final List<WorldConnection> connections = new ArrayList<>();
  private InetSocketAddress address;
  private WorldLoop loop;
  private ServerRole server = ServerRole.none();
  private int handshakes;
  private boolean isLater;
  private UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);

  WorldHost(String name, Underlay underlay, TransportIdentity identity, InetSocketAddress address) {
    this.name = name;
    this.underlay = underlay;
    this.clock = underlay.clock();
    this.identity = identity;
    this.address = address;
    this.loop = new WorldLoop(clock);
  }

  /** Begins a new process with memory of its own. */
  public WorldLoop start(ServerRole role) {
    loop = new WorldLoop(clock);
    allocator = new UnpooledByteBufAllocator(true, true);
    server = role;
    return loop;
  }

  /** From now on nothing goes out or comes in; the process may still clean up after itself. */
  public void unplug() {
    server = ServerRole.none();
    List.copyOf(connections).forEach(WorldConnection::vanish);
    connections.clear();
  }

  /** Nothing passes on any connection of this host any more. */
  public void cutOffConnections() {
    connections.forEach(WorldConnection::cutOff);
  }

  /** Lets this end of all connections end, and tells nobody outside. */
  public void endConnections() {
    List.copyOf(connections).forEach(WorldConnection::endHere);
  }

  /** From now on the host runs a later version of the protocol, and says things unheard of. */
  public void runLaterVersion() {
    isLater = true;
  }

  /** Whether the host runs a later version of the protocol. */
  public boolean isLater() {
    return isLater;
  }

  /** End-to-end handshakes that have given this host a secret. */
  public int handshakes() {
    return handshakes;
  }

  void handleSecret() {
    handshakes++;
  }

  /** Whether the process runs. */
  public boolean isAlive() {
    return !loop.isDead();
  }

  public WorldLoop loop() {
    return loop;
  }

  /** The memory of the process. */
  public UnpooledByteBufAllocator allocator() {
    return allocator;
  }

  public TransportIdentity identity() {
    return identity;
  }

  public InetSocketAddress address() {
    return address;
  }

  /** The connections that this host's process knows. */
  public List<WorldConnection> connections() {
    return connections;
  }

  Underlay underlay() {
    return underlay;
  }

  /**
   * Moves to another address. Connections that this host dialled follow; a QUIC server cannot move,
   * so those that it accepted are cut off for ever.
   */
  public void roam(InetSocketAddress to) {
    underlay.move(this, address, to);
    InetSocketAddress from = address;
    address = to;
    for (WorldConnection connection : List.copyOf(connections)) {
      if (connection.role() == QuicConnection.Role.CLIENT) {
        connection.peerMoves(to, from);
      } else {
        connection.cutOff();
      }
    }
  }

  // Dial.

  @Override
  public Future<QuicConnection> dial(
      InetSocketAddress remote, String alpn, PeerVerifier expected, long timeoutNanos) {
    Promise<QuicConnection> promise = loop.newPromise();
    Dial dial = new Dial(remote, alpn, expected, promise, clock.nowNanos() + timeoutNanos);
    clock.after(1_000_000, () -> dial.attempt(FIRST_RESEND_NANOS));
    return promise;
  }

  private final class Dial {
    private final InetSocketAddress remote;
    private final String alpn;
    private final PeerVerifier expected;
    private final Promise<QuicConnection> promise;
    private final long deadlineNanos;
    private final WorldLoop process = loop;

    Dial(
        InetSocketAddress remote,
        String alpn,
        PeerVerifier expected,
        Promise<QuicConnection> promise,
        long deadlineNanos) {
      this.remote = remote;
      this.alpn = alpn;
      this.expected = expected;
      this.promise = promise;
      this.deadlineNanos = deadlineNanos;
    }

    void attempt(long resendNanos) {
      WorldHost there = underlay.at(remote);
      if (clock.nowNanos() >= deadlineNanos) {
        fail(CloseCode.TIMED_OUT, "the handshake took too long");
      } else if (there == null || !isReachable(there)) {
        long at = Math.min(deadlineNanos, clock.nowNanos() + resendNanos);
        clock.at(at, () -> attempt(2 * resendNanos));
      } else {
        long rttNanos =
            underlay.wire(WorldHost.this, there).latencyNanos()
                + underlay.wire(there, WorldHost.this).latencyNanos();
        clock.after(rttNanos, () -> process.run(() -> meet(there)));
      }
    }

    private boolean isReachable(WorldHost there) {
      return !there.equals(WorldHost.this)
          && there.isAlive()
          && there.server.verifiers().containsKey(alpn)
          && !underlay.wire(WorldHost.this, there).isCut()
          && !underlay.wire(there, WorldHost.this).isCut();
    }

    private void meet(WorldHost there) {
      PeerVerifier judge = there.server.verifiers().get(alpn);
      if (!there.isAlive() || judge == null) {
        attempt(FIRST_RESEND_NANOS);
        return;
      }
      try {
        VerifiedPeer peer = expected.verify(there.identity.chain());
        String id = underlay.nextConnectionId();
        WorldConnection mine =
            new WorldConnection(
                WorldHost.this,
                there,
                remote,
                new WorldConnection.Side(id, QuicConnection.Role.CLIENT, alpn, peer));
        connect(mine, there, judge, id);
        promise.trySuccess(mine);
      } catch (PeerRefusedException e) {
        fail(e.code(), e.oneLine());
      }
    }

    private void connect(WorldConnection mine, WorldHost there, PeerVerifier judge, String id) {
      try {
        VerifiedPeer self = judge.verify(identity.chain());
        WorldConnection theirs =
            new WorldConnection(
                there,
                WorldHost.this,
                address,
                new WorldConnection.Side(id, QuicConnection.Role.SERVER, alpn, self));
        mine.meet(theirs);
        connections.add(mine);
        there.connections.add(theirs);
        ServerRole accepting = there.server;
        mine.sendAccept(() -> accepting.accepted().accept(theirs));
      } catch (PeerRefusedException e) {
        connections.add(mine);
        clock.after(1_000_000, () -> mine.refused(e.code()));
      }
    }

    private void fail(CloseCode code, String reason) {
      process.run(() -> promise.tryFailure(new DialException(code.code(), reason)));
    }
  }

  void forget(WorldConnection connection) {
    connections.remove(connection);
  }

  static PathEvent migrated(InetSocketAddress local, InetSocketAddress to) {
    return new PathEvent(PathEvent.Kind.MIGRATED, local, to, null);
  }

  @Override
  public String toString() {
    return name;
  }
}
