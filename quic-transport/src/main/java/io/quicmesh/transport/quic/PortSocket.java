package io.quicmesh.transport.quic;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DatagramPacket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Collections;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket by which connections of one {@link UdpPort} send. The codecs never see which: they
 * always see the port's first address. Owned by the event loop.
 */
public final class PortSocket {

  private final Channel channel;
  private final @Nullable String device;
  private final PacketDemux demux;
  private final Counters counters;
  private final @Nullable ChannelHandlerContext context;
  private int users;

  /**
   * @param device the interface that it is bound to, null if the kernel chooses
   * @param context before which datagrams are written, null for the whole pipeline
   */
  PortSocket(
      Channel channel,
      @Nullable String device,
      @Nullable ChannelHandlerContext context,
      PacketDemux demux) {
    this.channel = channel;
    this.device = device;
    this.context = context;
    this.demux = demux;
    this.counters = demux.counters();
  }

  Channel channel() {
    return channel;
  }

  /** The interface that it is bound to, null if the kernel chooses. */
  public @Nullable String device() {
    return device;
  }

  /** Its local port. */
  public int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  /** Beside the port's first socket, so that it is closed when nobody uses it any more. */
  boolean isSpare() {
    return context == null;
  }

  ChannelFuture write(Object message) {
    count(message, counters);
    ChannelFuture sent = context == null ? channel.write(message) : context.write(message);
    return sent.addListener(demux.sendFailures());
  }

  static void count(Object message, Counters counters) {
    if (message instanceof DatagramPacket packet) {
      counters.add(Counter.BYTES_SENT, packet.content().readableBytes());
    }
  }

  void send(DatagramPacket packet) {
    var unused = write(packet);
    flush();
  }

  void flush() {
    if (context == null) {
      channel.flush();
    } else {
      context.flush();
    }
  }

  void acquire() {
    users++;
  }

  /** Whether nobody uses it any more. */
  boolean release() {
    return --users == 0;
  }

  boolean isUsed() {
    return users > 0;
  }

  /** Whether connections in the server role answer by it. */
  boolean isWayOfServer() {
    return demux.isWay(this);
  }

  /** The address that packets to a destination leave from. */
  InetSocketAddress localAddress(InetSocketAddress destination) {
    InetSocketAddress bound = (InetSocketAddress) channel.localAddress();
    if (!bound.getAddress().isAnyLocalAddress()) {
      return bound;
    }
    InetAddress source =
        device == null ? RouteLookup.source(destination) : addressOf(device, destination);
    return source == null ? bound : new InetSocketAddress(source, bound.getPort());
  }

  private static @Nullable InetAddress addressOf(String device, InetSocketAddress destination) {
    boolean isIpv4 = destination.getAddress() instanceof Inet4Address;
    try {
      NetworkInterface found = NetworkInterface.getByName(device);
      if (found == null) {
        return null;
      }
      for (InetAddress address : Collections.list(found.getInetAddresses())) {
        if (address instanceof Inet4Address == isIpv4 && !address.isLinkLocalAddress()) {
          return RouteLookup.withoutScope(address);
        }
      }
    } catch (SocketException e) {
      return null;
    }
    return null;
  }
}
