package io.quicmesh.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The one UDP socket of an endpoint, which both QUIC roles and our own packets share. Owned by the
 * event loop.
 *
 * <p>The way of a datagram: socket, {@link PacketGate}, demultiplexer, server codec or client
 * codec. A handler that swaps the socket under a living port would stand first.
 */
public final class UdpPort {

  static final String DEMUX = "demux";
  static final String SERVER_CODEC = "server";
  static final String CLIENT_CODEC = "client";

  private final Channel channel;
  private final PacketDemux demux;

  private UdpPort(Channel channel, PacketDemux demux) {
    this.channel = channel;
    this.demux = demux;
  }

  /** Binds a port; its channel is that of the future. */
  static ChannelFuture bind(EventLoop loop, PortConfig config, PacketDemux demux) {
    return DatagramSockets.bind(loop, config, new DemuxFirst(demux));
  }

  static UdpPort of(Channel bound, PacketDemux demux) {
    return new UdpPort(bound, demux);
  }

  /** Puts the codecs behind the demultiplexer; connecting finds the one nearest the tail. */
  void install(@Nullable ChannelHandler serverCodec, ChannelHandler clientCodec) {
    ChannelPipeline pipeline = channel.pipeline();
    demux.setServerRole(serverCodec != null);
    if (serverCodec != null) {
      pipeline.addLast(SERVER_CODEC, serverCodec);
    }
    pipeline.addLast(CLIENT_CODEC, clientCodec);
  }

  Channel channel() {
    return channel;
  }

  IdSet clientIds() {
    return demux.clientIds();
  }

  /** Address and port that it is bound to. */
  public InetSocketAddress localAddress() {
    return (InetSocketAddress) channel.localAddress();
  }

  /** Replaces the gate that every datagram passes first. */
  public void setGate(PacketGate gate) {
    demux.setGate(gate);
  }

  /**
   * Sends a datagram of ours at once.
   *
   * @param packet released by the port; begins as {@link OwnPacket} says
   */
  public void send(ByteBuf packet, InetSocketAddress destination) {
    ChannelHandlerContext context = channel.pipeline().context(DEMUX);
    demux.write(context, new DatagramPacket(packet, destination), context.newPromise());
    context.flush();
  }

  /**
   * Hands a QUIC packet that the gate kept to the codecs.
   *
   * @param packet released by the port
   */
  public void inject(ByteBuf packet, InetSocketAddress source) {
    ChannelHandlerContext context = channel.pipeline().context(DEMUX);
    demux.lead(context, new DatagramPacket(packet, localAddress(), source));
    demux.channelReadComplete(context);
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
