package io.quicmesh.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leads each datagram to where it belongs: own packets and the gate first, then the codec of the
 * role whose connection id it bears. Both codecs swallow all that they read, so the choice is made
 * here: exactly our client-side ids go to the client codec, everything else to the server codec.
 * Stands before the two codecs in the pipeline. Owned by the event loop.
 */
final class PacketDemux extends ChannelDuplexHandler {

  private static final Logger LOG = LoggerFactory.getLogger(PacketDemux.class);
  private static final int FIXED_BIT = 0x40;
  private static final int LONG_HEADER_BIT = 0x80;
  private static final int TYPE_BITS = 0x30;
  private static final int VERSION_1 = 1;
  private static final int LONG_ID_LENGTH_INDEX = 1 + Integer.BYTES;
  private static final int INITIAL_BYTES_MIN = 1200;

  private final IoBatch batch;
  private final Handshakes handshakes;
  private final Counters counters;
  private final IdSet clientIds = new IdSet();
  private final ChannelFutureListener sendFailures = this::countFailure;
  private PacketGate gate = PacketGate.OPEN;
  private boolean serverRole;
  private boolean serverRead;
  private boolean clientRead;

  PacketDemux(IoBatch batch, Handshakes handshakes, Counters counters) {
    this.batch = batch;
    this.handshakes = handshakes;
    this.counters = counters;
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

  /** The ids of connections that we dialled. */
  IdSet clientIds() {
    return clientIds;
  }

  void setGate(PacketGate gate) {
    this.gate = gate;
  }

  /** Whether the server codec stands in the pipeline between this and the client codec. */
  void setServerRole(boolean serverRole) {
    this.serverRole = serverRole;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    batch.eventBegins();
    DatagramPacket packet = (DatagramPacket) message;
    ByteBuf bytes = packet.content();
    InetSocketAddress source = packet.sender();
    counters.add(Counter.RECEIVED);
    counters.add(Counter.BYTES_RECEIVED, bytes.readableBytes());
    if (!bytes.isReadable()) {
      drop(packet, Counter.DROPPED_EMPTY);
    } else if (OwnPacket.isOwn(bytes)) {
      counters.add(Counter.OWN_PACKETS);
      gate.ownPacket(source, bytes);
      packet.release();
    } else if (!gate.admits(source, bytes)) {
      drop(packet, Counter.DROPPED_GATE);
    } else {
      lead(ctx, packet);
    }
  }

  /** Leads a packet that was admitted to its codec. */
  void lead(ChannelHandlerContext ctx, DatagramPacket packet) {
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
    if (clientIds.contains(bytes, start + idIndex, idLength)) {
      toClient(ctx, packet);
    } else if (longHeader) {
      leadLong(ctx, packet, first, idLength);
    } else if ((first & FIXED_BIT) == 0) {
      drop(packet, Counter.DROPPED_NOT_QUIC);
    } else {
      toServer(ctx, packet);
    }
  }

  private void leadLong(ChannelHandlerContext ctx, DatagramPacket packet, int first, int idLength) {
    ByteBuf bytes = packet.content();
    int start = bytes.readerIndex();
    if (bytes.getInt(start + 1) != VERSION_1) {
      drop(packet, Counter.DROPPED_VERSION);
    } else if ((first & FIXED_BIT) == 0) {
      drop(packet, Counter.DROPPED_NOT_QUIC);
    } else if ((first & TYPE_BITS) != 0) {
      toServer(ctx, packet);
    } else if (bytes.readableBytes() < INITIAL_BYTES_MIN) {
      drop(packet, Counter.DROPPED_SMALL_INITIAL);
    } else {
      int idIndex = start + LONG_ID_LENGTH_INDEX + 1;
      switch (handshakes.judge(packet.sender(), bytes, idIndex, idLength)) {
        case ADMITTED -> toServer(ctx, packet);
        case FULL -> drop(packet, Counter.DROPPED_HANDSHAKES_FULL);
        case SOURCE_FULL -> drop(packet, Counter.DROPPED_HANDSHAKES_SOURCE);
      }
    }
  }

  private void toClient(ChannelHandlerContext ctx, DatagramPacket packet) {
    clientRead = true;
    beforeClient(ctx).fireChannelRead(packet);
  }

  private void toServer(ChannelHandlerContext ctx, DatagramPacket packet) {
    if (serverRole) {
      serverRead = true;
      ctx.fireChannelRead(packet);
    } else {
      drop(packet, Counter.DROPPED_NO_SERVER_ROLE);
    }
  }

  private ChannelHandlerContext beforeClient(ChannelHandlerContext ctx) {
    return serverRole ? ctx.pipeline().context(UdpPort.SERVER_CODEC) : ctx;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    batch.eventBegins();
    batch.packetsAreIn();
    if (serverRead) {
      serverRead = false;
      ctx.fireChannelReadComplete();
    }
    if (clientRead) {
      clientRead = false;
      beforeClient(ctx).fireChannelReadComplete();
    }
    batch.eventEnds();
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof DatagramPacket packet) {
      counters.add(Counter.BYTES_SENT, packet.content().readableBytes());
    }
    ctx.write(message, promise.unvoid()).addListener(sendFailures);
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
}
