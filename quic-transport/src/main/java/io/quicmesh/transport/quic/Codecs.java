package io.quicmesh.transport.quic;

import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.quic.EpollQuicUtils;
import io.netty.handler.codec.quic.FlushStrategy;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicChannelOption;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicCodecBuilder;
import io.netty.handler.codec.quic.QuicCongestionControlAlgorithm;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslEngine;
import io.netty.handler.codec.quic.QuicTokenHandler;
import io.netty.handler.codec.quic.SegmentedDatagramPacketAllocator;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Makes the two codecs of a port, with the same settings for both roles. */
final class Codecs {

  /** The largest windows that quiche grows to (RFC 9000, section 4). */
  private static final long CONNECTION_WINDOW_BYTES = 24L << 20;

  private static final long STREAM_WINDOW_BYTES = 16L << 20;
  private static final int ACTIVE_IDS_MAX = 64;
  private static final int SEGMENTS_MAX = 64;
  private static final int SEGMENTED_BYTES_MAX = 65_000;

  private final TransportConfig config;

  Codecs(TransportConfig config) {
    this.config = config;
  }

  /** As many packets in one send as the kernel takes. */
  SegmentedDatagramPacketAllocator segments() {
    int segments = Math.min(SEGMENTS_MAX, SEGMENTED_BYTES_MAX / config.payloadBytesMax());
    return EpollQuicUtils.newSegmentedAllocator(segments);
  }

  ChannelHandler client(Function<QuicChannel, QuicSslEngine> engines) {
    return settings(new QuicClientCodecBuilder()).sslEngineProvider(engines).build();
  }

  /** The server codec; the handler is put into every connection's pipeline. */
  ChannelHandler server(
      Function<QuicChannel, QuicSslEngine> engines,
      ChannelHandler connections,
      ConnectionIds ids,
      QuicTokenHandler tokens) {
    return settings(new QuicServerCodecBuilder())
        .sslEngineProvider(engines)
        .handler(connections)
        .option(QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, segments())
        .connectionIdAddressGenerator(ids)
        .tokenHandler(tokens)
        .build();
  }

  private <B extends QuicCodecBuilder<B>> B settings(B builder) {
    return builder
        .grease(false)
        .localConnectionIdLength(ConnectionIds.BYTES)
        .activeConnectionIdLimit(ACTIVE_IDS_MAX)
        .activeMigration(true)
        .maxIdleTimeout(config.idleTimeoutNanos(), TimeUnit.NANOSECONDS)
        .initialMaxData(CONNECTION_WINDOW_BYTES)
        .initialMaxStreamDataUnidirectional(STREAM_WINDOW_BYTES)
        .initialMaxStreamsUnidirectional(config.uniStreamsMax())
        .maxSendUdpPayloadSize(config.payloadBytesMax())
        .discoverPmtu(true)
        .congestionControlAlgorithm(algorithm())
        .flushStrategy(FlushStrategy.DEFAULT);
  }

  private QuicCongestionControlAlgorithm algorithm() {
    return switch (config.congestion()) {
      case CUBIC -> QuicCongestionControlAlgorithm.CUBIC;
      case BBR -> QuicCongestionControlAlgorithm.BBR;
    };
  }
}
