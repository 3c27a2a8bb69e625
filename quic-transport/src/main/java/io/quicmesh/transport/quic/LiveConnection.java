package io.quicmesh.transport.quic;

import io.netty.handler.codec.quic.QuicChannel;
import io.netty.util.concurrent.Future;
import io.quicmesh.transport.identity.VerifiedPeer;
import io.quicmesh.transport.stream.SendStream;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.StreamHeader;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A connection of the codec. Owned by the event loop of its endpoint. */
final class LiveConnection implements QuicConnection {

  /** What is known of a connection when it comes up. */
  record Facts(Role role, String alpn, VerifiedPeer peer) {}

  private static final long LINGER_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(30);
  private static final long LINGER_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  private final ConnectionHandler handler;
  private final QuicChannel channel;
  private final Facts facts;
  private final ConnectionScope scope;
  private final String id;
  private final StreamTable streams;
  private final ControlStreams control;
  private final Queue<Consumer<Listener>> untold = new ArrayDeque<>();
  private final @Nullable PortConnection port;
  private InetSocketAddress remoteAddress;
  private @Nullable Listener listener;
  private boolean open = true;

  private LiveConnection(
      ConnectionHandler handler, QuicChannel channel, Facts facts, ConnectionScope scope) {
    this.handler = handler;
    this.channel = channel;
    this.facts = facts;
    this.scope = scope;
    id = serverChosenId(channel, facts.role);
    port = channel.attr(PortConnection.KEY).get();
    if (port != null) {
      port.onStranger(this::strangerSent);
    }
    streams = new StreamTable(channel, scope.batch(), new StreamEvents(), scope.counters());
    control = new ControlStreams(streams, channel.alloc(), new ControlEvents());
    ConnectionStats stats = StatsReader.read(channel);
    remoteAddress =
        stats == null ? (InetSocketAddress) channel.remoteSocketAddress() : stats.active().remote();
  }

  static LiveConnection of(
      ConnectionHandler handler, QuicChannel channel, Facts facts, ConnectionScope scope) {
    LiveConnection made = new LiveConnection(handler, channel, facts, scope);
    if (facts.role == Role.SERVER) {
      byte[] key = scope.port().gate().newKey();
      made.setGateKey(key);
      made.send(new ControlMessage.GateKey(Opaque.of(key)));
    }
    return made;
  }

  private void setGateKey(byte[] key) {
    if (port != null) {
      scope.port().gate().setKey(port, HexFormat.of().parseHex(id), key);
    }
  }

  /** At the end of the handshake both sides still use the server's first id. */
  private static String serverChosenId(QuicChannel channel, Role role) {
    return ConnectionIds.hex(
        role == Role.SERVER ? channel.localAddress() : channel.remoteAddress());
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Role role() {
    return facts.role;
  }

  @Override
  public String alpn() {
    return facts.alpn;
  }

  @Override
  public VerifiedPeer peer() {
    return facts.peer;
  }

  @Override
  public InetSocketAddress localAddress() {
    return socket().localAddress(remoteAddress);
  }

  private PortSocket socket() {
    ClientPort client = port == null ? null : port.client();
    return client == null ? scope.port().first() : client.socket();
  }

  /** Sends by another socket from now on; false in the server role, which QUIC cannot move. */
  boolean moveTo(PortSocket socket) {
    ClientPort client = port == null ? null : port.client();
    if (client == null || !open) {
      return false;
    }
    client.moveTo(socket);
    return true;
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
  public SendStream openStream(StreamHeader header, int urgency) {
    return streams.open(header, urgency);
  }

  @Override
  public void send(ControlMessage message) {
    if (open) {
      control.send(message);
    }
  }

  @Override
  public Future<ConnectionStats> stats() {
    ConnectionStats stats = StatsReader.read(channel);
    return stats == null
        ? channel.eventLoop().newFailedFuture(new IllegalStateException("connection closed"))
        : channel.eventLoop().newSucceededFuture(stats);
  }

  @Override
  public void close(CloseCode code) {
    open = false;
    handler.close(code, code.text());
  }

  StreamTable streams() {
    return streams;
  }

  /** How long to wait before closing, so that the peer will hear of it; 0 means not at all. */
  long lingerNanos() {
    ConnectionStats stats = streams.isHeldBack() ? StatsReader.read(channel) : null;
    return stats == null
        ? 0
        : Math.min(LINGER_NANOS_MAX, 2 * stats.active().window().rttNanos() + LINGER_NANOS_MIN);
  }

  void findStreams() {
    channel.read();
  }

  void pathEvent(PathEvent event) {
    if (event.kind() == PathEvent.Kind.MIGRATED) {
      remoteAddress = event.remote();
    }
    tell(to -> to.pathChanged(event));
  }

  private void strangerSent() {
    if (open && listener != null) {
      listener.strangerSent();
    }
  }

  void ended(int code, String cause) {
    open = false;
    streams.end(cause);
    tell(to -> to.closed(code, cause));
  }

  /** Where streams turn to. */
  private final class StreamEvents implements StreamTable.Owner {

    @Override
    public void announced(StreamHeader header, IncomingStream stream) {
      if (header instanceof StreamHeader.Control) {
        control.opened(stream);
      } else {
        tell(to -> to.streamOpened(header, stream));
      }
    }

    @Override
    public void askToStop(long streamId, int code) {
      send(new ControlMessage.StopStream(streamId, code));
    }
  }

  /** Where control messages turn to. */
  private final class ControlEvents implements ControlStreams.Owner {

    @Override
    public void control(ControlMessage message) {
      if (message instanceof ControlMessage.StopStream stop) {
        streams.stopped(stop.stream(), stop.code());
      } else if (message instanceof ControlMessage.GateKey gate) {
        if (facts.role == Role.CLIENT) {
          setGateKey(gate.key().toBytes());
        }
      } else {
        tell(to -> to.control(message));
      }
    }

    @Override
    public void controlBroken(CloseCode code, String cause) {
      open = false;
      handler.close(code, cause);
    }
  }
}
