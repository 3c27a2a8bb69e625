package io.quicmesh.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leads each datagram to where it belongs: own packets and the gate first, then the codec of the
 * connection whose id it bears: one of a connection that we dialled goes to that connection's own
 * {@link ClientPort}, everything else to the server codec, which stands behind this in the
 * pipeline. A packet costs one look-up. Owned by the event loop.
 */
final class PacketDemux extends ChannelDuplexHandler {

  private static final Logger LOG = LoggerFactory.getLogger(PacketDemux.class);
  private static final int FIXED_BIT = 0x40;
  private static final int LONG_HEADER_BIT = 0x80;
  private static final int TYPE_BITS = 0x30;
  private static final int VERSION_1 = 1;
  private static final int LONG_ID_LENGTH_INDEX = 1 + Integer.BYTES;
  private static final int INITIAL_BYTES_MIN = 1200;
  private static final int OTHER_WAYS_MAX = 4096;

  private final IoBatch batch;
  private final Handshakes handshakes;
  private final Counters counters;
  private final PortConnections connections = new PortConnections();
  private final PortGate gate;
  private final ChannelFutureListener sendFailures = this::countFailure;
  private final List<ClientPort> clientsRead = new ArrayList<>();
  private final Map<InetSocketAddress, PortSocket> otherWays = new HashMap<>();
  private PacketGate firstGate = PacketGate.OPEN;
  private @Nullable ChannelHandlerContext context;
  private boolean serverRole;
  private boolean serverRead;

  PacketDemux(EventLoop loop, IoBatch batch, Handshakes handshakes, Counters counters) {
    this.batch = batch;
    this.handshakes = handshakes;
    this.counters = counters;
    this.gate = new PortGate(loop, new HeldPackets());
  }

  IoBatch batch() {
    return batch;
  }

  Handshakes handshakes() {
    return handshakes;
  }

  Counters counters() {
    return counters;
  }

  PortConnections connections() {
    return connections;
  }

  PortGate gate() {
    return gate;
  }

  /** Sets a gate before the gate, which sees every datagram. */
  void setGate(PacketGate first) {
    firstGate = first;
  }

  ChannelFutureListener sendFailures() {
    return sendFailures;
  }

  /** Whether the server codec stands in the pipeline between this and the client codec. */
  void setServerRole(boolean serverRole) {
    this.serverRole = serverRole;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  private ChannelHandlerContext context() {
    return Objects.requireNonNull(context);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    DatagramPacket packet = (DatagramPacket) message;
    if (!otherWays.isEmpty()) {
      otherWays.remove(packet.sender());
    }
    receive(packet, null);
  }

  /**
   * Takes a datagram that came by a socket.
   *
   * @param by null for the port's first one
   */
  void receive(DatagramPacket packet, @Nullable PortSocket by) {
    batch.eventBegins();
    ByteBuf bytes = packet.content();
    InetSocketAddress source = packet.sender();
    counters.add(Counter.RECEIVED);
    counters.add(Counter.BYTES_RECEIVED, bytes.readableBytes());
    if (!bytes.isReadable()) {
      drop(packet, Counter.DROPPED_EMPTY);
    } else if (OwnPacket.isOwn(bytes)) {
      counters.add(Counter.OWN_PACKETS);
      firstGate.ownPacket(source, bytes);
      noteWay(source, by);
      gate.ownPacket(source, bytes);
      packet.release();
    } else if (!firstGate.admits(source, bytes)) {
      drop(packet, Counter.DROPPED_GATE);
    } else {
      judge(packet, by);
    }
  }

  /** Finds out what connection the packet is of, and whether its codec may see it. */
  private void judge(DatagramPacket packet, @Nullable PortSocket by) {
    ByteBuf bytes = packet.content();
    int start = bytes.readerIndex();
    int first = bytes.getUnsignedByte(start);
    boolean longHeader = (first & LONG_HEADER_BIT) != 0;
    int idIndex = longHeader ? LONG_ID_LENGTH_INDEX + 1 : 1;
    if (bytes.readableBytes() < idIndex + ConnectionIds.BYTES) {
      drop(packet, Counter.DROPPED_SHORT);
      return;
    }
    int idLength = ConnectionIds.BYTES;
    if (longHeader) {
      idLength = bytes.getUnsignedByte(start + LONG_ID_LENGTH_INDEX);
      if (bytes.readableBytes() < idIndex + idLength) {
        drop(packet, Counter.DROPPED_SHORT);
        return;
      }
    }
    if (!longHeader && (first & FIXED_BIT) == 0) {
      drop(packet, Counter.DROPPED_NOT_QUIC);
      return;
    }
    PortConnection connection = connections.find(bytes, start + idIndex, idLength);
    if (connection == null || connection.client() == null) {
      noteWay(packet.sender(), by);
    }
    boolean replaced = longHeader && connections.isReplaced(bytes, start + idIndex, idLength);
    if (replaced ? !gate.admitsReplacedId() : !gate.admits(connection, longHeader, packet)) {
      drop(packet, Counter.DROPPED_GATE);
    } else if (connection != null) {
      lead(connection, packet);
    } else if (longHeader) {
      leadLong(packet, first, idLength);
    } else {
      drop(packet, Counter.DROPPED_GATE);
    }
  }

  /** What the server role sends to a source leaves by the socket that its packets come in by. */
  private void noteWay(InetSocketAddress source, @Nullable PortSocket by) {
    if (by != null && otherWays.size() < OTHER_WAYS_MAX) {
      otherWays.put(source, by);
    }
  }

  boolean isWay(PortSocket socket) {
    return otherWays.containsValue(socket);
  }

  /** A socket is closed. */
  void forgetWays(PortSocket closed) {
    otherWays.values().removeIf(closed::equals);
  }

  /** Leads a packet that was admitted to its codec. */
  private void lead(PortConnection connection, DatagramPacket packet) {
    ClientPort client = connection.client();
    if (client == null) {
      toServer(packet);
    } else if (client.read(packet)) {
      clientsRead.add(client);
    }
  }

  private void leadLong(DatagramPacket packet, int first, int idLength) {
    ByteBuf bytes = packet.content();
    int start = bytes.readerIndex();
    if (bytes.getInt(start + 1) != VERSION_1) {
      drop(packet, Counter.DROPPED_VERSION);
    } else if ((first & FIXED_BIT) == 0) {
      drop(packet, Counter.DROPPED_NOT_QUIC);
    } else if ((first & TYPE_BITS) != 0) {
      toServer(packet);
    } else if (bytes.readableBytes() < INITIAL_BYTES_MIN) {
      drop(packet, Counter.DROPPED_SMALL_INITIAL);
    } else {
      int idIndex = start + LONG_ID_LENGTH_INDEX + 1;
      switch (handshakes.judge(packet.sender(), bytes, idIndex, idLength)) {
        case ADMITTED -> toServer(packet);
        case FULL -> drop(packet, Counter.DROPPED_HANDSHAKES_FULL);
        case SOURCE_FULL -> drop(packet, Counter.DROPPED_HANDSHAKES_SOURCE);
      }
    }
  }

  private void toServer(DatagramPacket packet) {
    if (serverRole) {
      serverRead = true;
      context().fireChannelRead(packet);
    } else {
      drop(packet, Counter.DROPPED_NO_SERVER_ROLE);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    readComplete();
  }

  /** All datagrams that a socket had are read. */
  void readComplete() {
    batch.eventBegins();
    batch.packetsAreIn();
    if (serverRead) {
      serverRead = false;
      context().fireChannelReadComplete();
    }
    if (!clientsRead.isEmpty()) {
      clientsRead.forEach(ClientPort::readComplete);
      clientsRead.clear();
    }
    batch.eventEnds();
  }

  /** What the server role sends; clients have ports of their own. */
  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    PortSocket other = otherWays.isEmpty() ? null : otherWays.get(destination(message));
    if (other == null) {
      PortSocket.count(message, counters);
      ctx.write(message, promise.unvoid()).addListener(sendFailures);
    } else {
      other.write(message).addListener(done -> promise.trySuccess());
      other.flush();
    }
  }

  private static @Nullable Object destination(Object message) {
    return message instanceof DatagramPacket packet ? packet.recipient() : null;
  }

  private void countFailure(ChannelFuture sent) {
    if (!sent.isSuccess()) {
      counters.add(Counter.SEND_FAILED);
      LOG.debug("the kernel did not take a datagram cause={}", String.valueOf(sent.cause()));
    }
  }

  private void drop(DatagramPacket packet, Counter reason) {
    counters.add(reason);
    packet.release();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.debug("reading the UDP port failed cause={}", cause.toString());
  }

  /** What becomes of packets that waited, and of the gate's own. */
  private final class HeldPackets implements PortGate.Port {

    @Override
    public void release(PortConnection connection, DatagramPacket packet) {
      lead(connection, packet);
    }

    @Override
    public void releaseComplete() {
      readComplete();
    }

    @Override
    public void send(ByteBuf packet, InetSocketAddress destination) {
      var unused = context().channel().writeAndFlush(new DatagramPacket(packet, destination));
    }
  }
}
