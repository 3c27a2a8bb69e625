package io.quicmesh.monitor;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import io.quicmesh.monitor.api.ErrorAnswer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The answer to one request: exactly one of its methods has an effect, once. */
final class Answering {
  private static final Logger LOG = LoggerFactory.getLogger(Answering.class);

  private static final String JSON_TYPE = "application/json; charset=utf-8";
  private static final String TEXT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
  private static final byte[] STREAM_OPENING =
      "retry: 2000\n\n".getBytes(StandardCharsets.US_ASCII);

  private final ChannelHandlerContext ctx;
  private final AdminService service;
  private final boolean keepAlive;
  private final Runnable finished;
  private boolean answered;

  /**
   * @param finished runs when the connection can take its next request
   */
  Answering(ChannelHandlerContext ctx, AdminService service, boolean keepAlive, Runnable finished) {
    this.ctx = ctx;
    this.service = service;
    this.keepAlive = keepAlive;
    this.finished = finished;
  }

  /** Answers with what the stage completes with, or with its failure, or with "timed out". */
  void await(CompletionStage<?> stage, long deadlineNanos) {
    Future<?> deadline =
        ctx.executor()
            .schedule(
                () ->
                    fail(
                        new AdminFailure(
                            AdminFailure.Kind.OTHER_SIDE_NOT_THERE, "no answer in time")),
                deadlineNanos,
                TimeUnit.NANOSECONDS);
    stage.whenComplete(
        (body, error) ->
            ctx.executor()
                .execute(
                    () -> {
                      deadline.cancel(false);
                      settle(body, error);
                    }));
  }

  void refuse(RequestGuard.Refusal refusal) {
    service.counters().count(refusal.reason());
    int exitCode =
        refusal.httpStatus() == 401 || refusal.httpStatus() == 403
            ? AdminFailure.Kind.NOT_AUTHORISED.exitCode()
            : AdminFailure.Kind.USAGE.exitCode();
    HttpResponse response = json(refusal.httpStatus(), new ErrorAnswer(refusal.line(), exitCode));
    if (refusal.httpStatus() == 401) {
      response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"quicmesh\"");
    }
    // What the rest of a malformed request means nobody knows.
    write(response, keepAlive && refusal.httpStatus() != 400 && refusal.httpStatus() != 431);
  }

  void fail(AdminFailure failure) {
    write(
        json(
            failure.kind().httpStatus(),
            new ErrorAnswer(failure.line(), failure.kind().exitCode())),
        keepAlive);
  }

  void wrongMethod(Set<String> allowed) {
    HttpResponse response =
        json(405, new ErrorAnswer("method not allowed", AdminFailure.Kind.USAGE.exitCode()));
    response.headers().set(HttpHeaderNames.ALLOW, String.join(", ", allowed));
    write(response, keepAlive);
  }

  /** Answers with the stream of server-sent events, which lasts as long as the connection. */
  void stream(EventHub events) {
    if (events.clients() >= AdminLimits.EVENT_STREAMS_MAX) {
      service.counters().count("too_many_streams");
      fail(new AdminFailure(AdminFailure.Kind.OVERLOADED, "too many event streams are open"));
      return;
    }
    answered = true;
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    protect(head.headers());
    head.headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8")
        .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    ctx.write(head).addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    ctx.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(STREAM_OPENING)))
        .addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    events.add(ctx.channel());
  }

  private void settle(@Nullable Object body, @Nullable Throwable error) {
    if (answered) {
      return;
    }
    try {
      if (error == null && body != null) {
        write(success(body), keepAlive);
      } else {
        fail(failure(error));
      }
    } catch (AdminFailure e) {
      fail(e);
    }
  }

  private DefaultFullHttpResponse success(Object body) {
    if (body instanceof AdminAnswer answer) {
      DefaultFullHttpResponse response = success(answer.body());
      for (Map.Entry<String, String> header : answer.headers().entrySet()) {
        response.headers().set(header.getKey(), header.getValue());
      }
      return response;
    }
    if (body instanceof byte[] encoded) {
      return response(200, JSON_TYPE, encoded);
    }
    if (body instanceof PageFile file) {
      return response(200, file.contentType(), file.bytes());
    }
    if (body instanceof String text) {
      return response(200, TEXT_TYPE, text.getBytes(StandardCharsets.UTF_8));
    }
    return json(200, body);
  }

  private static AdminFailure failure(@Nullable Throwable error) {
    Throwable cause = error;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof AdminFailure known) {
      return known;
    }
    LOG.warn("admin request failed", cause);
    return new AdminFailure(AdminFailure.Kind.INTERNAL, "failed inside: see the daemon's log");
  }

  private DefaultFullHttpResponse json(int status, Object body) {
    return response(status, JSON_TYPE, service.encoder().json(body));
  }

  private static DefaultFullHttpResponse response(int status, String type, byte[] body) {
    DefaultFullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), Unpooled.wrappedBuffer(body));
    protect(response.headers());
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, type)
        .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
    return response;
  }

  /** Headers that keep what is served from being framed, sniffed or mixed with foreign code. */
  private static void protect(HttpHeaders headers) {
    headers
        .set(
            "Content-Security-Policy",
            "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
        .set("X-Content-Type-Options", "nosniff")
        .set("X-Frame-Options", "DENY")
        .set("Referrer-Policy", "no-referrer")
        .set("Cross-Origin-Resource-Policy", "same-origin")
        .set("Cross-Origin-Opener-Policy", "same-origin");
  }

  private void write(HttpResponse response, boolean stayOpen) {
    if (answered) {
      ReferenceCountUtil.release(response);
      return;
    }
    answered = true;
    if (stayOpen) {
      finished.run();
      ctx.writeAndFlush(response).addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    } else {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }
  }
}
