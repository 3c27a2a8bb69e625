package io.quicmesh.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The UDP port of an endpoint, which both QUIC roles and our own packets share: one socket, and
 * beside it further ones while connections in the client role are moved to them. Owned by the event
 * loop.
 *
 * <p>The way of a datagram: socket, gate, demultiplexer, server codec or the {@link ClientPort} of
 * its connection.
 */
public final class UdpPort {

  static final String DEMUX = "demux";
  static final String SERVER_CODEC = "server";

  private final Channel channel;
  private final PacketDemux demux;
  private final PortConfig config;
  private final PortSocket first;
  private PortSocket dialling;

  private UdpPort(Channel channel, PacketDemux demux, PortConfig config) {
    this.channel = channel;
    this.demux = demux;
    this.config = config;
    this.first = new PortSocket(channel, null, channel.pipeline().context(DEMUX), demux);
    this.dialling = first;
  }

  /** Binds a port; its channel is that of the future. */
  static ChannelFuture bind(EventLoop loop, PortConfig config, PacketDemux demux) {
    return DatagramSockets.bind(loop, config, new DemuxFirst(demux));
  }

  static UdpPort of(Channel bound, PacketDemux demux, PortConfig config) {
    return new UdpPort(bound, demux, config);
  }

  /** Puts the server codec behind the demultiplexer, if there is to be one. */
  void install(@Nullable ChannelHandler serverCodec) {
    demux.setServerRole(serverCodec != null);
    if (serverCodec != null) {
      channel.pipeline().addLast(SERVER_CODEC, serverCodec);
    }
  }

  Channel channel() {
    return channel;
  }

  PortConnections connections() {
    return demux.connections();
  }

  PortGate gate() {
    return demux.gate();
  }

  /** A port for a new connection in the client role. */
  ClientPort newClient(ChannelHandler codec) {
    return new ClientPort(channel.eventLoop(), localAddress(), dialling, codec);
  }

  /** Address and port that it is bound to. */
  public InetSocketAddress localAddress() {
    return (InetSocketAddress) channel.localAddress();
  }

  /** The socket that the port began with; it stays open as long as the port. */
  public PortSocket first() {
    return first;
  }

  /** The socket by which new connections are dialled. */
  public PortSocket dialling() {
    return dialling;
  }

  /** Sets the socket by which new connections are dialled. */
  public void setDialling(PortSocket socket) {
    PortSocket left = dialling;
    socket.acquire();
    dialling = socket;
    if (left != first) {
      left.release();
    }
  }

  /**
   * Opens another socket of the same family on a port that the kernel chooses. It is closed when
   * nothing uses it any more.
   *
   * @param device the interface that it is bound to, null if the kernel chooses
   */
  public Future<PortSocket> open(@Nullable String device) {
    Promise<PortSocket> promise = channel.eventLoop().newPromise();
    FromSocket input = new FromSocket();
    ChannelFuture bound = DatagramSockets.bindBeside(channel, config, device, input);
    bound.addListener(
        done -> {
          if (done.isSuccess()) {
            PortSocket socket = new PortSocket(bound.channel(), device, null, demux);
            input.by = socket;
            bound.channel().closeFuture().addListener(closed -> demux.forgetWays(socket));
            promise.setSuccess(socket);
          } else {
            promise.setFailure(done.cause());
          }
        });
    return promise;
  }

  /**
   * Sends a datagram of ours at once, by the first socket.
   *
   * @param packet released by the port; begins as {@link OwnPacket} says
   */
  public void send(ByteBuf packet, InetSocketAddress destination) {
    first.send(new DatagramPacket(packet, destination));
  }

  /**
   * Takes a packet as if it had just arrived.
   *
   * @param packet released by the port
   */
  public void inject(ByteBuf packet, InetSocketAddress source) {
    demux.receive(new DatagramPacket(packet, localAddress(), source), null);
    demux.readComplete();
  }

  /** Sets a gate before the gate, which sees every datagram. */
  public void setGate(PacketGate gate) {
    demux.setGate(gate);
  }

  /** Gives what another socket receives to the demultiplexer, as if it had come by the first. */
  private final class FromSocket extends ChannelInboundHandlerAdapter {
    private @Nullable PortSocket by;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      DatagramPacket packet = (DatagramPacket) message;
      demux.receive(new DatagramPacket(packet.content(), localAddress(), packet.sender()), by);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      demux.readComplete();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      demux.exceptionCaught(ctx, cause);
    }
  }

  /** Puts the demultiplexer into a pipeline that does not exist yet. */
  private static final class DemuxFirst extends ChannelInitializer<Channel> {
    private final PacketDemux demux;

    private DemuxFirst(PacketDemux demux) {
      this.demux = demux;
    }

    @Override
    protected void initChannel(Channel channel) {
      channel.pipeline().addLast(DEMUX, demux);
    }
  }
}
