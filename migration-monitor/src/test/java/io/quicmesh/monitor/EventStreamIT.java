package io.quicmesh.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.monitor.api.AdminEvent;
import io.quicmesh.monitor.client.AdminClient;
import io.quicmesh.monitor.client.AdminEventStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Listeners that do not listen, and many of them. */
final class EventStreamIT {
  private static final int CLIENTS = 50;
  private static final String LONG_LINE = "x".repeat(8_000);
  private static final AdminLimits SHORT_WRITES =
      new AdminLimits(
          TimeUnit.SECONDS.toNanos(15),
          TimeUnit.MILLISECONDS.toNanos(800),
          TimeUnit.SECONDS.toNanos(90));

  @TempDir Path temporary;

  private final AtomicInteger asked = new AtomicInteger();
  private AdminServer server;
  private AdminClient client;

  @BeforeEach
  void start() throws IOException {
    Path state = temporary.resolve("s");
    server =
        AdminServer.start(
            new AdminConfig(
                state, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), true, "0.1.0"),
            () -> {
              asked.incrementAndGet();
              return CompletableFuture.completedFuture(SampleFacts.node());
            },
            new AdminRoutes(),
            new HistoryRing(),
            SHORT_WRITES);
    client = new AdminClient(state, Duration.ofSeconds(20));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void dropsAListenerThatDoesNotRead() throws IOException {
    try (RawHttp stuck = new RawHttp(server.address());
        AdminEventStream reader = client.events()) {
      stuck.socket().setReceiveBufferSize(1);
      stuck.send("GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:" + stuck.port() + "\r\n\r\n");
      awaitStreams(2);

      long told = 0;
      while (streams() > 1) {
        server.publish(new AdminEvent.Alert(SampleFacts.START, "test", LONG_LINE));
        awaitEvent(reader, "alert");
        told++;
      }

      assertThat(told).isPositive();
      assertThat(client.getText("/metrics"))
          .containsPattern("quicmesh_admin_refused_total\\{reason=\"stuck\"} 1\\.0");
    }
  }

  @Test
  void asksTheDataPathOnceForFiftyListeners() throws IOException {
    List<AdminEventStream> streams = new ArrayList<>();
    try {
      for (int i = 0; i < CLIENTS; i++) {
        streams.add(client.events());
      }
      long begin = System.nanoTime();
      int askedBefore = asked.get();
      for (int second = 0; second < 3; second++) {
        for (AdminEventStream stream : streams) {
          awaitEvent(stream, "sample");
        }
      }
      double seconds = (System.nanoTime() - begin) / 1e9;

      assertThat(asked.get() - askedBefore)
          .isLessThanOrEqualTo((int) Math.ceil(FactsCache.MAX_PER_SECOND * seconds) + 1);
    } finally {
      streams.forEach(AdminEventStream::close);
    }
    awaitStreams(0);
  }

  @Test
  void boundsTheNumberOfListeners() throws IOException {
    List<RawHttp> open = new ArrayList<>();
    try {
      for (int i = 0; i < AdminLimits.EVENT_STREAMS_MAX; i++) {
        RawHttp http = new RawHttp(server.address());
        open.add(http);
        http.send("GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:" + http.port() + "\r\n\r\n");
      }
      awaitStreams(AdminLimits.EVENT_STREAMS_MAX);

      assertThat(RawHttp.ask(server.address(), "GET /api/events")).startsWith("HTTP/1.1 503 ");
      assertThat(client.get("/api/status").path("healthy").asBoolean()).isTrue();
    } finally {
      for (RawHttp http : open) {
        http.close();
      }
    }
  }

  private int streams() throws IOException {
    String line =
        client
            .getText("/metrics")
            .lines()
            .filter(one -> one.startsWith("quicmesh_admin_event_streams "))
            .findFirst()
            .orElseThrow();
    return (int) Double.parseDouble(line.substring(line.indexOf(' ') + 1));
  }

  private void awaitStreams(int wanted) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (streams() != wanted) {
      assertThat(System.nanoTime()).as("waited in vain for %d streams", wanted).isLessThan(end);
    }
  }

  private static void awaitEvent(AdminEventStream stream, String name) throws IOException {
    AdminEventStream.Message message = stream.next();
    while (message != null && !message.name().equals(name)) {
      message = stream.next();
    }
    assertThat(message).isNotNull();
  }
}
