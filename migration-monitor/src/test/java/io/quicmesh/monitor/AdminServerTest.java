package io.quicmesh.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.quicmesh.monitor.api.AdminEvent;
import io.quicmesh.monitor.api.HandoverEntry;
import io.quicmesh.monitor.api.NodeStatus;
import io.quicmesh.monitor.api.Peers;
import io.quicmesh.monitor.client.AdminClient;
import io.quicmesh.monitor.client.AdminErrorException;
import io.quicmesh.monitor.client.AdminEventStream;
import io.quicmesh.monitor.client.DaemonUnreachableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AdminServerTest {
  @TempDir Path temporary;

  private Path state;
  private AdminServer server;
  private AdminClient client;

  @BeforeEach
  void start() throws IOException {
    state = temporary.resolve("s");
    AdminRoutes routes =
        new AdminRoutes()
            .post("/api/down", request -> CompletableFuture.completedFuture(Map.of("ok", true)))
            .get(
                "/api/ping",
                request ->
                    CompletableFuture.failedFuture(
                        new AdminFailure(
                            AdminFailure.Kind.OTHER_SIDE_NOT_THERE, "dave is offline")));
    server =
        AdminServer.start(
            new AdminConfig(
                state, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), true, "0.1.0"),
            () -> CompletableFuture.completedFuture(SampleFacts.node()),
            routes);
    client = new AdminClient(state);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void answersTheCommandLineWithTheSameObjects() throws IOException {
    assertThat(client.get("/api/status", NodeStatus.class)).isEqualTo(SampleFacts.status());
    assertThat(client.get("/api/peers", Peers.class)).isEqualTo(SampleFacts.peers());
    assertThat(client.post("/api/down", null).path("ok").asBoolean()).isTrue();
  }

  @Test
  void writesAPeerAsOneFlatObject() throws IOException {
    JsonNode bob = client.get("/api/peers").path("peers").path(0);

    assertThat(bob.path("name").asText()).isEqualTo("bob");
    assertThat(bob.path("rtt_ms").asDouble()).isEqualTo(4.1);
    assertThat(bob.path("frames").path("duplicates_dropped").asLong()).isEqualTo(4);
    assertThat(bob.path("since").asText()).isEqualTo("2026-11-20T10:00:00.000Z");
    assertThat(bob.path("next_retry").isNull()).isTrue();
  }

  @Test
  void ignoresWhatHappensAfterItsEnd() {
    server.close();

    assertThatCode(() -> server.publish(new AdminEvent.HandoverEnded(SampleFacts.handover())))
        .doesNotThrowAnyException();
  }

  @Test
  void tellsTheExitCodeOfAFailure() {
    assertThatThrownBy(() -> client.get("/api/ping"))
        .isInstanceOfSatisfying(
            AdminErrorException.class,
            error -> {
              assertThat(error.exitCode()).isEqualTo(5);
              assertThat(error).hasMessage("dave is offline");
            });
  }

  @Test
  void streamsTheStateAndThenWhatHappens() throws IOException {
    try (AdminEventStream events = client.events()) {
      Set<String> parts = new HashSet<>();
      while (!parts.containsAll(Set.of("status", "peers", "connections", "handovers"))) {
        parts.add(next(events).name());
      }
      server.publish(new AdminEvent.HandoverEnded(SampleFacts.handover()));
      AdminEventStream.Message message = next(events);
      while (!message.name().equals("handover")) {
        message = next(events);
      }
      assertThat(client.json().treeToValue(message.data(), HandoverEntry.class))
          .isEqualTo(SampleFacts.handover());
    }
  }

  @Test
  void isUnreachableWhenClosed() {
    server.close();

    assertThatThrownBy(() -> client.get("/api/status"))
        .isInstanceOf(DaemonUnreachableException.class);
  }

  private static AdminEventStream.Message next(AdminEventStream events) throws IOException {
    AdminEventStream.Message message = events.next();
    assertThat(message).isNotNull();
    return message;
  }
}
