package io.quicmesh.node.world;

import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.quicmesh.transport.identity.VerifiedPeer;
import io.quicmesh.transport.quic.ConnectionStats;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.stream.SendStream;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.StreamHeader;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One end of a simulated QUIC connection. */
public final class WorldConnection implements QuicConnection {

  private static final int CONTROL_BYTES = 60;

  /** What an end knows from the handshake. */
  record Side(String id, Role role, String alpn, VerifiedPeer peer) {}

  private final WorldHost host;
  private final WorldHost to;
  private final WorldClock clock;
  private final WorldLoop process;
  private final Side side;
  private final Wire out;
  private final Wire.Order control = new Wire.Order();
  private final Queue<Consumer<Listener>> untold = new ArrayDeque<>();
  private final List<WorldStream> outgoing = new ArrayList<>();
  private final List<WorldStream> incoming = new ArrayList<>();
  private InetSocketAddress remoteAddress;
  private @Nullable WorldConnection other;
  private @Nullable Listener listener;
  private long lastHeardNanos;
  private boolean open = true;
  private boolean ended;
  private boolean isCutOff;

  WorldConnection(WorldHost host, WorldHost to, InetSocketAddress remote, Side side) {
    this.host = host;
    this.to = to;
    this.clock = host.underlay().clock();
    this.process = host.loop();
    this.side = side;
    this.out = host.underlay().wire(host, to);
    this.remoteAddress = remote;
    this.lastHeardNanos = clock.nowNanos();
  }

  void meet(WorldConnection end) {
    other = end;
    end.other = this;
    watchIdle();
    end.watchIdle();
  }

  /** The last message of the handshake makes the connection known at the other end. */
  void sendAccept(Runnable accepted) {
    transmit(100, true, control, accepted);
  }

  // Sending and hearing.

  /** Sends something that runs in the other end's process. */
  void transmit(int bytes, boolean urgent, Wire.Order order, Runnable arrival) {
    WorldConnection end = other;
    if (end != null && !isCutOff) {
      out.send(bytes, urgent, order, () -> end.process.run(() -> end.heard(arrival)));
    }
  }

  private void heard(Runnable arrival) {
    if (ended || isCutOff) {
      return;
    }
    lastHeardNanos = clock.nowNanos();
    WorldConnection end = other;
    if (end != null && !out.isCut()) {
      // The acknowledgement.
      end.lastHeardNanos = Math.max(end.lastHeardNanos, clock.nowNanos() + out.latencyNanos());
    }
    arrival.run();
  }

  private void watchIdle() {
    long at = lastHeardNanos + host.underlay().idleTimeoutNanos();
    clock.at(
        at,
        () ->
            process.run(
                () -> {
                  if (clock.nowNanos() - lastHeardNanos >= host.underlay().idleTimeoutNanos()) {
                    end(CloseCode.TIMED_OUT.code(), CloseCode.TIMED_OUT.text());
                  } else if (!ended) {
                    watchIdle();
                  }
                }));
  }

  // What happens to it.

  /** The process is gone: nobody is told. */
  void vanish() {
    isCutOff = true;
    open = false;
    WorldConnection end = other;
    if (end != null) {
      end.isCutOff = true;
    }
  }

  /** This end closes, and the other is not told. */
  void endHere() {
    cutOff();
    end(CloseCode.NONE.code(), "the process ended");
  }

  /** Nothing passes any more, and nobody is told before the idle timeout. */
  public void cutOff() {
    isCutOff = true;
    WorldConnection end = other;
    if (end != null) {
      end.isCutOff = true;
    }
  }

  /** This end, which dialled, has another address: the other end sees it. */
  void peerMoves(InetSocketAddress address, InetSocketAddress before) {
    WorldConnection end = other;
    if (end != null) {
      transmit(
          CONTROL_BYTES,
          true,
          new Wire.Order(),
          () -> {
            end.remoteAddress = address;
            end.tell(to -> to.pathChanged(WorldHost.migrated(end.localAddress(), address)));
          });
    }
  }

  void refused(CloseCode code) {
    process.run(() -> end(code.code(), code.text()));
  }

  /** Some stream that this end sends on is stopped from outside; false if there is none. */
  public boolean loseStream(int pick) {
    if (outgoing.isEmpty()) {
      return false;
    }
    outgoing.get(pick % outgoing.size()).lose();
    return true;
  }

  private void end(int code, String cause) {
    if (ended) {
      return;
    }
    ended = true;
    open = false;
    List.copyOf(incoming).forEach(stream -> stream.receiverEnded(cause));
    List.copyOf(outgoing).forEach(stream -> stream.senderEnded(cause));
    host.forget(this);
    tell(to -> to.closed(code, cause));
  }

  // Streams.

  @Override
  public SendStream openStream(StreamHeader header, int urgency) {
    WorldStream stream = new WorldStream(this, header, urgency);
    if (ended) {
      stream.senderEnded("the connection has ended");
    } else {
      outgoing.add(stream);
      process.execute(stream::announce);
    }
    return stream;
  }

  void accept(WorldStream stream) {
    incoming.add(stream);
    tell(to -> to.streamOpened(stream.header(), stream));
  }

  void forgetOutgoing(WorldStream stream) {
    outgoing.remove(stream);
  }

  void forgetIncoming(WorldStream stream) {
    incoming.remove(stream);
  }

  boolean hasEnded() {
    return ended;
  }

  WorldHost host() {
    return host;
  }

  /** The host at the other end. */
  public WorldHost farHost() {
    return to;
  }

  WorldLoop process() {
    return process;
  }

  @Nullable WorldConnection other() {
    return other;
  }

  // As its owner sees it.

  @Override
  public String id() {
    return side.id;
  }

  @Override
  public Role role() {
    return side.role;
  }

  @Override
  public String alpn() {
    return side.alpn;
  }

  @Override
  public VerifiedPeer peer() {
    return side.peer;
  }

  @Override
  public InetSocketAddress localAddress() {
    return host.address();
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return remoteAddress;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void setListener(Listener next) {
    listener = next;
    for (Consumer<Listener> event = untold.poll(); event != null; event = untold.poll()) {
      event.accept(next);
    }
  }

  private void tell(Consumer<Listener> event) {
    if (listener == null) {
      untold.add(event);
    } else {
      event.accept(listener);
    }
  }

  @Override
  public void send(ControlMessage message) {
    if (message instanceof ControlMessage.CircuitClosed closed) {
      requireGoodSeals(closed.code());
    }
    WorldConnection end = other;
    if (open && end != null) {
      transmit(CONTROL_BYTES, true, control, () -> end.tell(to -> to.control(message)));
    }
  }

  @Override
  public Future<ConnectionStats> stats() {
    return ImmediateEventExecutor.INSTANCE.newFailedFuture(
        new IllegalStateException("simulated connections have no figures"));
  }

  /** Nobody here sends what cannot be opened. */
  private void requireGoodSeals(int code) {
    if (code == CloseCode.BAD_SEAL.code()) {
      throw new AssertionError(this + " is closed because of a bad record");
    }
  }

  @Override
  public void close(CloseCode code) {
    requireGoodSeals(code.code());
    if (!open) {
      return;
    }
    open = false;
    process.execute(() -> end(code.code(), code.text()));
    WorldConnection end = other;
    if (end != null && !isCutOff) {
      out.sendOnce(CONTROL_BYTES, () -> end.process.run(() -> end.end(code.code(), code.text())));
    }
  }

  @Override
  public String toString() {
    return side.id + " " + host + ">" + to;
  }
}
