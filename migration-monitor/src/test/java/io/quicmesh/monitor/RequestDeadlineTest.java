package io.quicmesh.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RequestDeadlineTest {
  private static final long SECONDS = 15;

  private final AdminCounters counters = new AdminCounters();
  private final EmbeddedChannel channel = new EmbeddedChannel();

  @BeforeEach
  void open() {
    channel.freezeTime();
    channel
        .pipeline()
        .addLast(
            new HttpServerCodec(),
            new RequestDeadline(TimeUnit.SECONDS.toNanos(SECONDS), counters));
    channel.pipeline().fireChannelActive();
  }

  @AfterEach
  void release() {
    channel.finishAndReleaseAll();
  }

  @Test
  void closesOnASenderThatDripsItsRequest() {
    send("GET / HTTP/1.1\r\nX: ");
    for (int second = 1; second < SECONDS; second++) {
      pass(1);
      send("a");
    }
    assertThat(channel.isOpen()).isTrue();

    pass(1);

    assertThat(channel.isOpen()).isFalse();
    assertThat(counters.get("slow_request")).isEqualTo(1);
  }

  @Test
  void closesAConnectionThatNobodyUses() {
    pass(SECONDS);

    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void waitsForAnAnswerAsLongAsItTakes() {
    send("GET / HTTP/1.1\r\n\r\n");

    pass(10 * SECONDS);

    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void leavesAStreamOpenWhoseAnswerNeverEnds() {
    send("GET / HTTP/1.1\r\n\r\n");
    channel.writeOutbound(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
    channel.writeOutbound(new DefaultHttpContent(Unpooled.copiedBuffer(new byte[] {'a'})));

    pass(10 * SECONDS);

    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void countsAnewAfterAnAnswer() {
    pass(SECONDS - 1);
    send("GET / HTTP/1.1\r\n\r\n");
    channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));

    pass(SECONDS - 1);
    assertThat(channel.isOpen()).isTrue();

    pass(1);
    assertThat(channel.isOpen()).isFalse();
  }

  private void send(String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
  }

  private void pass(long seconds) {
    channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
  }
}
