package io.quicmesh.lab.bulk;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.handler.codec.quic.EpollQuicUtils;
import io.netty.handler.codec.quic.InsecureQuicTokenHandler;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicChannelOption;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicCodecBuilder;
import io.netty.handler.codec.quic.QuicConnectionIdGenerator;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.handler.codec.quic.SegmentedDatagramPacketAllocator;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import io.quicmesh.transport.identity.Certificates;
import io.quicmesh.transport.identity.Keys;
import io.quicmesh.transport.identity.TransportIdentity;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One end of the stream, set up as quicmesh sets the codec up: windows as large as they grow, GSO
 * and GRO, the payload that fills a link of 1500 bytes, one event loop.
 */
final class BulkEnd implements AutoCloseable {

  private static final String PROTOCOL = "bulk";
  private static final int BLOCK_BYTES = 64 * 1024;
  private static final int DATAGRAM_BYTES_MAX = 65_535;
  private static final int PAYLOAD_BYTES = 1452;
  private static final int SEGMENTS = 44;
  private static final int SOCKET_BYTES = 4 << 20;
  private static final long CONNECTION_WINDOW_BYTES = 24L << 20;
  private static final long STREAM_WINDOW_BYTES = 16L << 20;
  private static final long IDLE_SECONDS = 30;

  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final AtomicLong bytesSent = new AtomicLong();

  /** Takes what comes to this port, and forgets it. */
  void receive(int port) throws InterruptedException {
    TransportIdentity identity = Certificates.selfSigned(Keys.generate(), Instant.now());
    QuicSslContext tls =
        QuicSslContextBuilder.forServer(identity.key(), null, identity.leaf())
            .applicationProtocols(PROTOCOL)
            .build();
    ChannelHandler codec =
        settings(new QuicServerCodecBuilder())
            .sslContext(tls)
            .tokenHandler(InsecureQuicTokenHandler.INSTANCE)
            .connectionIdAddressGenerator(QuicConnectionIdGenerator.randomGenerator())
            .option(QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, segments())
            .handler(new ChannelInboundHandlerAdapter())
            .streamHandler(new Forgetter())
            .build();
    bind(codec, port);
  }

  /** Connects and sends zeros from then on. */
  void send(InetSocketAddress to) throws Exception {
    QuicSslContext tls =
        QuicSslContextBuilder.forClient()
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .endpointIdentificationAlgorithm(null)
            .applicationProtocols(PROTOCOL)
            .build();
    Channel port = bind(settings(new QuicClientCodecBuilder()).sslContext(tls).build(), 0);
    QuicChannel connection =
        QuicChannel.newBootstrap(port)
            .option(QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, segments())
            .handler(new ChannelInboundHandlerAdapter())
            .remoteAddress(to)
            .connect()
            .get();
    connection.createStream(QuicStreamType.UNIDIRECTIONAL, new Sender(bytesSent)).get();
  }

  /** Bytes that the codec has taken. */
  long bytesSent() {
    return bytesSent.get();
  }

  private static SegmentedDatagramPacketAllocator segments() {
    return EpollQuicUtils.newSegmentedAllocator(SEGMENTS);
  }

  private static <B extends QuicCodecBuilder<B>> B settings(B builder) {
    return builder
        .maxIdleTimeout(IDLE_SECONDS, TimeUnit.SECONDS)
        .initialMaxData(CONNECTION_WINDOW_BYTES)
        .initialMaxStreamDataUnidirectional(STREAM_WINDOW_BYTES)
        .initialMaxStreamsUnidirectional(1)
        .maxSendUdpPayloadSize(PAYLOAD_BYTES)
        .discoverPmtu(true);
  }

  private Channel bind(ChannelHandler codec, int port) throws InterruptedException {
    return new Bootstrap()
        .group(loop)
        .channel(EpollDatagramChannel.class)
        .option(EpollChannelOption.UDP_GRO, true)
        .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(DATAGRAM_BYTES_MAX))
        .option(ChannelOption.SO_RCVBUF, SOCKET_BYTES)
        .option(ChannelOption.SO_SNDBUF, SOCKET_BYTES)
        .handler(codec)
        .bind(port)
        .sync()
        .channel();
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /** Writes blocks whenever the codec has room. */
  private static final class Sender extends ChannelInboundHandlerAdapter {

    private final AtomicLong bytesSent;
    private final ByteBuf block =
        PooledByteBufAllocator.DEFAULT.directBuffer(BLOCK_BYTES).writeZero(BLOCK_BYTES);

    Sender(AtomicLong bytesSent) {
      this.bytesSent = bytesSent;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ctx.executor().execute(() -> fill(ctx));
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      ctx.executor().execute(() -> fill(ctx));
    }

    private void fill(ChannelHandlerContext ctx) {
      while (ctx.channel().isWritable()) {
        var unused = ctx.write(block.retainedDuplicate());
        bytesSent.lazySet(bytesSent.get() + BLOCK_BYTES);
      }
    }
  }

  /** Reads and releases. */
  private static final class Forgetter extends ChannelInboundHandlerAdapter {

    @Override
    public boolean isSharable() {
      return true;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ReferenceCountUtil.release(message);
    }
  }
}
