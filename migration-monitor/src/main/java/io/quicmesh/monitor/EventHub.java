package io.quicmesh.monitor;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.quicmesh.monitor.api.AdminEvent;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells everyone on {@code /api/events} what happens: events at once, and once a second the parts
 * of the snapshot that changed. Each message is encoded once, whatever the number of listeners.
 * Owned by the admin thread, except {@link #publish}.
 */
final class EventHub {
  /** What is done with a snapshot and with events besides telling them. */
  interface Observer {
    void on(AdminEvent event);

    /** A second went by; returns a further message for the listeners, if there is one. */
    @Nullable Object onTick(EncodedFacts facts);
  }

  private static final Logger LOG = LoggerFactory.getLogger(EventHub.class);
  private static final int PENDING_MAX = 1024;
  private static final long HEARTBEAT_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long REFRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final byte[] HEARTBEAT = ": heartbeat\n\n".getBytes(StandardCharsets.US_ASCII);

  private final EventLoop loop;
  private final FactsCache facts;
  private final FactsEncoder encoder;
  private final AdminCounters counters;
  private final Observer observer;
  private final Map<Channel, EventClient> clients = new LinkedHashMap<>();
  private final Map<String, byte[]> lastParts = new HashMap<>();
  private long lastMessageNanos;
  private boolean refreshing;

  private final ArrayBlockingQueue<AdminEvent> pending = new ArrayBlockingQueue<>(PENDING_MAX);
  private final AtomicBoolean draining = new AtomicBoolean();
  private final AtomicLong overflowed = new AtomicLong();

  EventHub(
      EventLoop loop,
      FactsCache facts,
      FactsEncoder encoder,
      AdminCounters counters,
      Observer observer) {
    this.loop = loop;
    this.facts = facts;
    this.encoder = encoder;
    this.counters = counters;
    this.observer = observer;
  }

  /**
   * Takes an event from any thread without waiting; beyond a bound it is dropped and counted. What
   * happens after the server has closed is of no interest to anybody.
   */
  void publish(AdminEvent event) {
    if (!pending.offer(event)) {
      overflowed.incrementAndGet();
    } else if (draining.compareAndSet(false, true)) {
      try {
        loop.execute(this::drain);
      } catch (RejectedExecutionException e) {
        pending.clear();
      }
    }
  }

  /** Events that were published faster than the admin thread took them. */
  long overflowed() {
    return overflowed.get();
  }

  int clients() {
    return clients.size();
  }

  /** Adds a listener, whose answer's head was written, and tells it the state so far. */
  void add(Channel channel) {
    EventClient client = new EventClient(channel, counters);
    clients.put(channel, client);
    channel.closeFuture().addListener(closed -> clients.remove(channel));
    withFacts(snapshot -> welcome(client, snapshot));
  }

  /** Sends on what waits for a listener that takes data again. */
  void writabilityChanged(Channel channel) {
    EventClient client = clients.get(channel);
    if (client != null) {
      client.flush();
    }
  }

  /** To be called once a second. */
  void tick() {
    withFacts(this::ticked);
  }

  /** Goes on with the snapshot, or with {@code null} when the data path does not answer. */
  private void withFacts(Consumer<@Nullable EncodedFacts> next) {
    facts
        .get()
        .handle(
            (snapshot, error) -> {
              next.accept(snapshot);
              return snapshot;
            })
        .exceptionally(
            error -> {
              LOG.warn("event stream", error);
              return null;
            });
  }

  private void welcome(EventClient client, @Nullable EncodedFacts snapshot) {
    if (snapshot != null) {
      for (String name : snapshot.names()) {
        byte[] json = snapshot.part(name);
        if (json != null) {
          client.offerPart(name, message(name, json));
        }
      }
    }
    client.flush();
  }

  private void ticked(@Nullable EncodedFacts snapshot) {
    if (snapshot != null) {
      Object sample = observer.onTick(snapshot);
      if (!clients.isEmpty()) {
        tellChanges(snapshot);
        if (sample != null) {
          tellEvent("sample", sample);
        }
      }
    }
    if (System.nanoTime() - lastMessageNanos > HEARTBEAT_NANOS) {
      tell(HEARTBEAT);
    }
    clients.values().forEach(EventClient::flush);
  }

  private void tellChanges(EncodedFacts snapshot) {
    for (String name : snapshot.names()) {
      byte[] json = snapshot.part(name);
      if (json == null || Arrays.equals(json, lastParts.put(name, json))) {
        continue;
      }
      byte[] message = message(name, json);
      lastMessageNanos = System.nanoTime();
      clients.values().forEach(client -> client.offerPart(name, message));
    }
  }

  private void drain() {
    draining.set(false);
    for (AdminEvent event = pending.poll(); event != null; event = pending.poll()) {
      observer.on(event);
      if (!clients.isEmpty()) {
        tellEvent(event.eventName(), event);
      }
    }
    clients.values().forEach(EventClient::flush);
    refreshSoon();
  }

  /** What happened changed the state: it is told before the second is over, but not each time. */
  private void refreshSoon() {
    if (!refreshing && !clients.isEmpty()) {
      refreshing = true;
      var unused = loop.schedule(this::refresh, REFRESH_NANOS, TimeUnit.NANOSECONDS);
    }
  }

  private void refresh() {
    refreshing = false;
    withFacts(
        snapshot -> {
          if (snapshot != null) {
            tellChanges(snapshot);
            clients.values().forEach(EventClient::flush);
          }
        });
  }

  private void tellEvent(String name, Object data) {
    tell(message(name, encoder.json(data)));
  }

  private void tell(byte[] message) {
    lastMessageNanos = System.nanoTime();
    clients.values().forEach(client -> client.offerEvent(message));
  }

  /** A server-sent event (WHATWG HTML section 9.2); the JSON holds no line break. */
  private static byte[] message(String name, byte[] json) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(json.length + name.length() + 16);
    out.writeBytes(("event: " + name + "\ndata: ").getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(json);
    out.writeBytes(new byte[] {'\n', '\n'});
    return out.toByteArray();
  }
}
