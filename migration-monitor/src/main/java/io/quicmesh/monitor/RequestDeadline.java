package io.quicmesh.monitor;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection that does not send a whole request in time, counted from its opening or its
 * last answer. However slowly the bytes drip in, the deadline does not move.
 */
final class RequestDeadline extends ChannelDuplexHandler {
  private final long deadlineNanos;
  private final AdminCounters counters;
  private java.util.concurrent.@Nullable Future<?> timer;

  RequestDeadline(long deadlineNanos, AdminCounters counters) {
    this.deadlineNanos = deadlineNanos;
    this.counters = counters;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    arm(ctx);
    ctx.fireChannelActive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof LastHttpContent) {
      disarm();
    }
    ctx.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    var unused = ctx.write(message, promise);
    if (message instanceof LastHttpContent) {
      arm(ctx);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    disarm();
    ctx.fireChannelInactive();
  }

  private void arm(ChannelHandlerContext ctx) {
    disarm();
    timer =
        ctx.executor()
            .schedule(
                () -> {
                  counters.count("slow_request");
                  var unused = ctx.close();
                },
                deadlineNanos,
                TimeUnit.NANOSECONDS);
  }

  private void disarm() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }
}
