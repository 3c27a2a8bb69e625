package io.quicmesh.transport.quic;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDatagramChannelConfig;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens UDP sockets the way that QUIC needs them: no fragments, large buffers, GRO. */
final class DatagramSockets {

  private static final Logger LOG = LoggerFactory.getLogger(DatagramSockets.class);

  /** Sends with the don't-fragment bit and ignores what the kernel believes of the path. */
  private static final int PMTUDISC_PROBE = 3;

  private static final ChannelOption<Integer> IP_MTU_DISCOVER =
      new IntegerUnixChannelOption("IP_MTU_DISCOVER", 0, 10);
  private static final ChannelOption<Integer> IPV6_MTU_DISCOVER =
      new IntegerUnixChannelOption("IPV6_MTU_DISCOVER", 41, 23);
  private static final ChannelOption<Integer> SO_SNDBUFFORCE =
      new IntegerUnixChannelOption("SO_SNDBUFFORCE", 1, 32);
  private static final ChannelOption<Integer> SO_RCVBUFFORCE =
      new IntegerUnixChannelOption("SO_RCVBUFFORCE", 1, 33);

  /** With the end of the name (netdevice(7)). */
  private static final int DEVICE_NAME_BYTES = 16;

  private static final ChannelOption<ByteBuffer> SO_BINDTODEVICE =
      new RawUnixChannelOption("SO_BINDTODEVICE", 1, 25, DEVICE_NAME_BYTES);

  private static final Path IPV6_ADDRESSES = Path.of("/proc/net/if_inet6");
  private static final int DATAGRAM_BYTES_MAX = 65_535;
  private static final int DATAGRAMS_PER_EVENT = 16;
  private static final WriteBufferWaterMark UNSENT_BYTES =
      new WriteBufferWaterMark(4 << 20, 8 << 20);

  private DatagramSockets() {}

  /** Binds a socket whose pipeline begins with this handler. */
  static ChannelFuture bind(EventLoop loop, PortConfig config, ChannelHandler handler) {
    InetSocketAddress address = config.bind();
    SocketProtocolFamily family = family(address);
    if (address == null) {
      address = new InetSocketAddress(0);
    }
    return new Bootstrap()
        .group(loop)
        .channelFactory(() -> open(family, config))
        .handler(handler)
        .bind(address);
  }

  /** Binds another socket of the same kind to a port that the kernel chooses. */
  static ChannelFuture bindBeside(
      Channel beside, PortConfig config, @Nullable String device, ChannelHandler handler) {
    InetSocketAddress like = (InetSocketAddress) beside.localAddress();
    SocketProtocolFamily family = family(like);
    return new Bootstrap()
        .group(beside.eventLoop())
        .channelFactory(
            () -> {
              EpollDatagramChannel channel = open(family, config);
              if (device != null) {
                bindTo(channel, device);
              }
              return channel;
            })
        .handler(handler)
        .bind(new InetSocketAddress(like.getAddress(), 0));
  }

  private static void bindTo(EpollDatagramChannel channel, String device) {
    ByteBuffer name = ByteBuffer.allocateDirect(DEVICE_NAME_BYTES);
    name.put(device.getBytes(StandardCharsets.US_ASCII)).rewind();
    channel.config().setOption(SO_BINDTODEVICE, name);
  }

  private static SocketProtocolFamily family(@Nullable InetSocketAddress address) {
    boolean any = address == null || address.getAddress().isAnyLocalAddress();
    boolean ipv4 = address != null && address.getAddress() instanceof Inet4Address;
    if (any && !ipv4) {
      return Files.exists(IPV6_ADDRESSES) ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
    }
    return ipv4 ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
  }

  private static EpollDatagramChannel open(SocketProtocolFamily family, PortConfig config) {
    EpollDatagramChannel channel = new EpollDatagramChannel(family);
    EpollDatagramChannelConfig options = channel.config();
    options.setOption(IP_MTU_DISCOVER, PMTUDISC_PROBE);
    if (family == SocketProtocolFamily.INET6) {
      options.setOption(IPV6_MTU_DISCOVER, PMTUDISC_PROBE);
    }
    options.setOption(EpollChannelOption.UDP_GRO, true);
    // One recvmsg a buffer: GRO and recvmmsg together merge packets.
    options.setRecvByteBufAllocator(
        new FixedRecvByteBufAllocator(DATAGRAM_BYTES_MAX).maxMessagesPerRead(DATAGRAMS_PER_EVENT));
    options.setWriteBufferWaterMark(UNSENT_BYTES);
    ask(options, SO_RCVBUFFORCE, ChannelOption.SO_RCVBUF, config.receiveBufferBytes());
    warnIfLess(options.getReceiveBufferSize(), config.receiveBufferBytes(), "rmem_max");
    ask(options, SO_SNDBUFFORCE, ChannelOption.SO_SNDBUF, config.sendBufferBytes());
    warnIfLess(options.getSendBufferSize(), config.sendBufferBytes(), "wmem_max");
    return channel;
  }

  private static void ask(
      EpollDatagramChannelConfig options,
      ChannelOption<Integer> force,
      ChannelOption<Integer> ask,
      int bytes) {
    try {
      options.setOption(force, bytes);
    } catch (ChannelException e) {
      LOG.debug("not allowed to force a buffer size cause={}", e.toString());
      options.setOption(ask, bytes);
    }
  }

  /** The kernel reports twice what it was asked for, or twice its limit if that is smaller. */
  private static void warnIfLess(int reported, int wanted, String limit) {
    if (reported / 2 < wanted) {
      LOG.warn(
          "the UDP port has a buffer of {} bytes instead of {}: bursts will be lost;"
              + " run with CAP_NET_ADMIN or raise net.core.{}",
          reported / 2,
          wanted,
          limit);
    }
  }
}
