package io.quicmesh.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EventClientTest {
  private final AdminCounters counters = new AdminCounters();
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final EventClient client = new EventClient(channel, counters);

  @Test
  void writesEventsInOrderAndBeforeParts() {
    client.offerPart("peers", bytes("peers 1"));
    client.offerEvent(bytes("a"));
    client.offerEvent(bytes("b"));

    client.flush();

    assertThat(written()).containsExactly("a", "b", "peers 1");
    assertThat(client.isEmpty()).isTrue();
  }

  @Test
  void keepsOnlyTheNewestStateOfAPart() {
    client.offerPart("peers", bytes("peers 1"));
    client.offerPart("status", bytes("status 1"));
    client.offerPart("peers", bytes("peers 2"));

    client.flush();

    assertThat(written()).containsExactly("status 1", "peers 2");
    assertThat(counters.get("part_coalesced")).isEqualTo(1);
  }

  @Test
  void losesTheOldestEventsBeyondItsBound() {
    for (int i = 0; i < EventClient.EVENTS_MAX + 3; i++) {
      client.offerEvent(bytes(Integer.toString(i)));
    }

    client.flush();

    List<String> written = written();
    assertThat(written).hasSize(EventClient.EVENTS_MAX).startsWith("3").endsWith("258");
    assertThat(counters.get("event_dropped")).isEqualTo(3);
  }

  @Test
  void writesNothingToAChannelThatIsFull() {
    channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1, 2));
    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
    client.offerEvent(bytes("a"));

    client.flush();
    assertThat(written()).isEmpty();

    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
    client.flush();
    assertThat(written()).containsExactly("a");
  }

  private List<String> written() {
    List<String> all = new ArrayList<>();
    for (HttpContent content = channel.readOutbound();
        content != null;
        content = channel.readOutbound()) {
      all.add(content.content().toString(StandardCharsets.UTF_8));
      content.release();
    }
    return all;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
