package io.quicmesh.monitor;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.WriteTimeoutHandler;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Sets up the connections of one of the admin server's two listening sockets. */
final class AdminPipeline extends ChannelInitializer<Channel> {
  private final AdminService service;
  private final AdminLimits limits;
  private final int connectionsMax;
  private final @Nullable String token;
  private int connections;

  private AdminPipeline(
      AdminService service, AdminLimits limits, int connectionsMax, @Nullable String token) {
    this.service = service;
    this.limits = limits;
    this.connectionsMax = connectionsMax;
    this.token = token;
  }

  /** For TCP, where everyone on this host and every page in a browser can knock. */
  static AdminPipeline forTcp(AdminService service, AdminLimits limits, String token) {
    return new AdminPipeline(service, limits, AdminLimits.TCP_CONNECTIONS_MAX, token);
  }

  /** For the socket in the state directory, whose file mode admits the owner alone. */
  static AdminPipeline forSocket(AdminService service, AdminLimits limits) {
    return new AdminPipeline(service, limits, AdminLimits.SOCKET_CONNECTIONS_MAX, null);
  }

  @Override
  public boolean isSharable() {
    return true;
  }

  @Override
  protected void initChannel(Channel channel) {
    if (connections >= connectionsMax) {
      service.counters().count("too_many_connections");
      var unused = channel.close();
      return;
    }
    connections++;
    channel.closeFuture().addListener(closed -> connections--);
    HttpDecoderConfig decoder =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(AdminLimits.REQUEST_LINE_BYTES_MAX)
            .setMaxHeaderSize(AdminLimits.HEADER_BYTES_MAX);
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addLast(
        new WriteTimeoutHandler(limits.writeDeadlineNanos(), TimeUnit.NANOSECONDS),
        new HttpServerCodec(decoder),
        new RequestDeadline(limits.requestDeadlineNanos(), service.counters()),
        new BoundedBody(service.counters()),
        new AdminConnection(service, guard(channel), limits.answerDeadlineNanos()));
  }

  private @Nullable RequestGuard guard(Channel channel) {
    return token == null
        ? null
        : new RequestGuard(((InetSocketAddress) channel.localAddress()).getPort(), token);
  }
}
