package io.quicmesh.monitor;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;

/** Puts a request and its body together, and refuses a body that is too long. */
final class BoundedBody extends HttpObjectAggregator {
  private final AdminCounters counters;

  BoundedBody(AdminCounters counters) {
    super(AdminLimits.BODY_BYTES_MAX, true);
    this.counters = counters;
  }

  @Override
  protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized)
      throws Exception {
    counters.count("oversized");
    super.handleOversizedMessage(ctx, oversized);
  }
}
