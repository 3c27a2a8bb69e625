package io.quicmesh.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.netty.buffer.ByteBufInputStream;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.timeout.WriteTimeoutException;
import io.quicmesh.monitor.api.ApiJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client's connection: admits its requests, one at a time, and answers them. */
final class AdminConnection extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(AdminConnection.class);
  private static final ObjectMapper JSON = ApiJson.mapper();

  private final AdminService service;
  private final @Nullable RequestGuard guard;
  private final long answerDeadlineNanos;
  private boolean busy;

  /**
   * @param guard {@code null} where the file system already decided who may connect
   */
  AdminConnection(AdminService service, @Nullable RequestGuard guard, long answerDeadlineNanos) {
    this.service = service;
    this.guard = guard;
    this.answerDeadlineNanos = answerDeadlineNanos;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    if (busy) {
      service.counters().count("pipelined");
      var unused = ctx.close();
      return;
    }
    busy = true;
    Answering answering =
        new Answering(ctx, service, HttpUtil.isKeepAlive(request), () -> busy = false);
    if (request.decoderResult().isFailure()) {
      answering.refuse(malformed(request.decoderResult().cause()));
      return;
    }
    RequestGuard.Refusal refusal = guard == null ? null : guard.check(request);
    if (refusal != null) {
      answering.refuse(refusal);
      return;
    }
    try {
      admit(request, answering);
    } catch (AdminFailure failure) {
      answering.fail(failure);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    service.events().writabilityChanged(ctx.channel());
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    service.counters().count(cause instanceof WriteTimeoutException ? "stuck" : "io_error");
    LOG.debug("admin connection closed: {}", cause.toString());
    var unused = ctx.close();
  }

  private void admit(FullHttpRequest request, Answering answering) {
    HttpMethod method = request.method();
    if (!request.uri().startsWith("/")) {
      throw new AdminFailure(AdminFailure.Kind.USAGE, "request target must begin with /");
    }
    QueryStringDecoder target = decode(request.uri());
    Set<String> allowed = service.methods(target.path());
    if (allowed.isEmpty()) {
      throw new AdminFailure(AdminFailure.Kind.UNKNOWN, "nothing is served at " + target.path());
    }
    if (!allowed.contains(method.name())) {
      answering.wrongMethod(allowed);
      return;
    }
    if (target.path().equals(AdminService.EVENTS)) {
      answering.stream(service.events());
      return;
    }
    AdminRequest admitted = new AdminRequest(target.path(), query(target), body(request));
    answering.await(service.answer(method.name(), admitted), answerDeadlineNanos);
  }

  private static QueryStringDecoder decode(String uri) {
    try {
      QueryStringDecoder target =
          new QueryStringDecoder(
              uri, StandardCharsets.UTF_8, true, AdminLimits.QUERY_PARAMETERS_MAX);
      target.parameters();
      return target;
    } catch (IllegalArgumentException e) {
      throw new AdminFailure(AdminFailure.Kind.USAGE, "request target is malformed");
    }
  }

  private static Map<String, String> query(QueryStringDecoder target) {
    Map<String, String> query = new HashMap<>();
    target.parameters().forEach((name, values) -> query.put(name, values.get(0)));
    return query;
  }

  private static JsonNode body(FullHttpRequest request) {
    if (!request.content().isReadable()) {
      return MissingNode.getInstance();
    }
    try (InputStream in = new ByteBufInputStream(request.content())) {
      return JSON.readTree(in);
    } catch (IOException e) {
      throw new AdminFailure(AdminFailure.Kind.USAGE, "the body is not JSON");
    }
  }

  private static RequestGuard.Refusal malformed(Throwable cause) {
    return cause instanceof TooLongFrameException
        ? new RequestGuard.Refusal(431, "oversized", "request line or headers are too long")
        : new RequestGuard.Refusal(400, "malformed", "this is not HTTP/1.1");
  }
}
