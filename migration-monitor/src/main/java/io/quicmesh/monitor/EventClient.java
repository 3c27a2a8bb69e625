package io.quicmesh.monitor;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultHttpContent;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One listener of {@code /api/events} and what waits for it. A listener that does not keep up gets
 * the newest state of every part instead of each one, and loses its oldest events, so what it holds
 * is bounded. Owned by the admin thread.
 */
final class EventClient {
  static final int EVENTS_MAX = 256;

  private final Channel channel;
  private final AdminCounters counters;
  private final ArrayDeque<byte[]> events = new ArrayDeque<>();
  private final Map<String, byte[]> newestParts = new LinkedHashMap<>();

  EventClient(Channel channel, AdminCounters counters) {
    this.channel = channel;
    this.counters = counters;
  }

  Channel channel() {
    return channel;
  }

  /** Queues something that happened once. */
  void offerEvent(byte[] message) {
    if (events.size() == EVENTS_MAX) {
      events.removeFirst();
      counters.count("event_dropped");
    }
    events.addLast(message);
  }

  /** Queues the state of a part, in place of an older one that still waits. */
  void offerPart(String name, byte[] message) {
    if (newestParts.remove(name) != null) {
      counters.count("part_coalesced");
    }
    newestParts.put(name, message);
  }

  /** Writes as much as the channel takes now. */
  void flush() {
    while (channel.isWritable() && !isEmpty()) {
      channel
          .write(new DefaultHttpContent(Unpooled.wrappedBuffer(next())))
          .addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    }
    channel.flush();
  }

  boolean isEmpty() {
    return events.isEmpty() && newestParts.isEmpty();
  }

  private byte[] next() {
    if (!events.isEmpty()) {
      return events.removeFirst();
    }
    var first = newestParts.entrySet().iterator();
    byte[] message = first.next().getValue();
    first.remove();
    return message;
  }
}
