package io.quicmesh.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import io.quicmesh.monitor.api.AdminEvent;
import io.quicmesh.monitor.api.ApiJson;
import io.quicmesh.monitor.api.ErrorAnswer;
import io.quicmesh.monitor.api.HandoverRequest;
import io.quicmesh.monitor.api.HandoverResult;
import io.quicmesh.monitor.api.History;
import io.quicmesh.monitor.api.HistorySample;
import io.quicmesh.monitor.api.LogRequest;
import io.quicmesh.monitor.api.LogState;
import io.quicmesh.monitor.api.Netcheck;
import io.quicmesh.monitor.api.NodeFacts;
import io.quicmesh.monitor.api.ProbeAnswer;
import io.quicmesh.monitor.api.RelayCircuits;
import io.quicmesh.monitor.api.RelayClients;
import io.quicmesh.monitor.api.RelayFacts;
import io.quicmesh.monitor.api.ReloadAnswer;
import io.quicmesh.monitor.api.SimulateMigrationRequest;
import io.quicmesh.monitor.api.SimulatedMigrations;
import io.quicmesh.monitor.api.WhyAnswer;
import io.quicmesh.monitor.client.AdminClient;
import io.quicmesh.monitor.client.AdminErrorException;
import io.quicmesh.monitor.client.AdminEventStream;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The description, the records and the answers say the same. */
final class OpenApiTest {
  private static final SnakeCaseStrategy SNAKE_CASE = new SnakeCaseStrategy();

  /** Records that are cut into parts, or unwrapped into others, and so have no schema. */
  private static final Set<String> WITHOUT_SCHEMA =
      Set.of(
          "NodeFacts",
          "RelayFacts",
          "PeerIdentity",
          "PeerCarrier",
          "PathQuality",
          "DirectAttempts");

  /** What may leave keys out. */
  private static final Set<Class<?>> REQUESTS =
      Set.of(HandoverRequest.class, SimulateMigrationRequest.class, LogRequest.class);

  @TempDir Path temporary;

  private final OpenApi api;

  OpenApiTest() throws IOException {
    api = new OpenApi();
  }

  @Test
  void describesTheKeysOfEveryRecord() {
    Map<String, Class<?>> records = records();
    for (Map.Entry<String, Class<?>> record : records.entrySet()) {
      JsonNode schema = api.schema(record.getKey());
      Set<String> described = new TreeSet<>();
      schema.path("properties").fieldNames().forEachRemaining(described::add);

      assertThat(described)
          .as(record.getKey())
          .isEqualTo(new TreeSet<>(components(record.getValue()).keySet()));
    }
    assertThat(api.schemaNames()).isEqualTo(records.keySet());
  }

  @Test
  void saysWhichKeysMayBeNull() {
    records()
        .forEach(
            (name, type) ->
                components(type)
                    .forEach(
                        (key, component) -> {
                          JsonNode schema = api.schema(name).path("properties").path(key);
                          boolean described = schema.path("type").toString().contains("\"null\"");
                          assertThat(described)
                              .as("%s.%s may be null", name, key)
                              .isEqualTo(isNullable(component));
                        }));
  }

  @Test
  void givesEveryKeyOfAnAnswer() {
    records()
        .forEach(
            (name, type) -> {
              if (!REQUESTS.contains(type)) {
                JsonNode schema = api.schema(name);
                assertThat(schema.path("required"))
                    .as(name)
                    .hasSameSizeAs(schema.path("properties"));
              }
            });
  }

  @Test
  void nodeAnswersAsDescribed() throws IOException {
    FakeNetwork network = new FakeNetwork(Instant.now());
    Map<String, Object> bodies = new LinkedHashMap<>();
    bodies.put("/api/handover", new HandoverRequest("carol", "direct", null));
    bodies.put("/api/simulate-migration", new SimulateMigrationRequest("bob"));

    assertAnswers("node", network, new AdminRoutes().actions(network), bodies);
  }

  @Test
  void sampleOfEveryKeyIsAnsweredAsDescribed() throws IOException {
    FakeNetwork network = new FakeNetwork(Instant.now());
    Map<String, Object> bodies = new LinkedHashMap<>();
    bodies.put("/api/handover", new HandoverRequest("bob", "relay", 1_000L));
    bodies.put("/api/simulate-migration", new SimulateMigrationRequest(null));

    assertAnswers(
        "node",
        () -> CompletableFuture.completedFuture(SampleFacts.node()),
        new AdminRoutes().actions(network),
        bodies);
  }

  @Test
  void relayAnswersAsDescribed() throws IOException {
    assertAnswers(
        "relay",
        () -> CompletableFuture.completedFuture(SampleFacts.relay()),
        new AdminRoutes(),
        Map.of());
  }

  @Test
  void eventsAreAsDescribed() throws IOException {
    AdminConfig config = config();
    try (AdminServer server =
            AdminServer.start(
                config,
                () -> CompletableFuture.completedFuture(SampleFacts.node()),
                new AdminRoutes());
        AdminEventStream stream = new AdminClient(config.stateDirectory()).events()) {
      Map<String, AdminEvent> events = new TreeMap<>();
      for (AdminEvent event : sampleEvents()) {
        events.put(event.eventName(), event);
      }
      sampleEvents().forEach(server::publish);

      Set<String> awaited = new TreeSet<>(events.keySet());
      awaited.add("sample");
      while (!awaited.isEmpty()) {
        AdminEventStream.Message message = stream.next();
        assertThat(message).isNotNull();
        AdminEvent event = events.get(message.name());
        Class<?> type =
            event != null
                ? event.getClass()
                : message.name().equals("sample") ? HistorySample.class : null;
        if (type != null) {
          assertThat(api.deviations(message.data(), api.schema(type.getSimpleName())))
              .as(message.name())
              .isEmpty();
        }
        awaited.remove(message.name());
      }
    }
  }

  private void assertAnswers(
      String server, FactsSource source, AdminRoutes routes, Map<String, Object> bodies)
      throws IOException {
    AdminConfig config = config();
    try (AdminServer running = AdminServer.start(config, source, routes)) {
      assertThat(running.address().getPort()).isPositive();
      AdminClient client = new AdminClient(config.stateDirectory());
      int answers = 0;
      for (Map.Entry<String, JsonNode> path : api.paths().properties()) {
        String method = path.getValue().fieldNames().next();
        JsonNode operation = path.getValue().path(method);
        JsonNode schema = operation.at("/responses/200/content/application~1json/schema");
        boolean served = operation.path("tags").toString().contains('"' + server + '"');
        String target = path.getKey() + (path.getKey().equals("/api/why") ? "?peer=bob" : "");
        if (!served) {
          assertNotServed(client, target);
        } else if (!schema.isMissingNode()) {
          JsonNode answer =
              method.equals("post")
                  ? client.post(target, bodies.get(path.getKey()))
                  : client.get(target);
          assertThat(api.deviations(answer, schema)).as(path.getKey()).isEmpty();
          answers++;
        }
      }
      assertThat(answers).isGreaterThanOrEqualTo(6);
    }
  }

  private static void assertNotServed(AdminClient client, String target) throws IOException {
    try {
      client.get(target);
    } catch (AdminErrorException e) {
      assertThat(e.httpStatus()).as(target).isEqualTo(404);
      return;
    }
    assertThat(target).as("served although it is not described").isEmpty();
  }

  private AdminConfig config() {
    return new AdminConfig(
        temporary.resolve("s"),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        true,
        "0.1.0");
  }

  private static List<AdminEvent> sampleEvents() {
    Instant now = SampleFacts.START;
    return List.of(
        new AdminEvent.MigrationStarted(SampleFacts.DIRECT_ID, now, "link_down"),
        new AdminEvent.MigrationEnded(SampleFacts.migration(), "done", 31.5),
        new AdminEvent.HandoverStepped("bob", now, "direct", "RESUMING", 12.5),
        new AdminEvent.HandoverEnded(SampleFacts.handover()),
        new AdminEvent.PeerChanged("bob", now, "down", "none", null),
        new AdminEvent.RelayChanged("203.0.113.9:4433", now, "up", null),
        new AdminEvent.Alert(now, "duplicate_key", "two hosts answer with the key of bob"));
  }

  /** All records of the interface by their names, found by following the components. */
  private static Map<String, Class<?>> records() {
    Map<String, Class<?>> found = new TreeMap<>();
    List<Class<?>> roots =
        new ArrayList<>(
            List.of(
                NodeFacts.class,
                RelayFacts.class,
                RelayClients.class,
                RelayCircuits.class,
                WhyAnswer.class,
                ProbeAnswer.class,
                HandoverRequest.class,
                HandoverResult.class,
                SimulateMigrationRequest.class,
                SimulatedMigrations.class,
                History.class,
                HistorySample.class,
                Netcheck.class,
                LogState.class,
                LogRequest.class,
                ReloadAnswer.class,
                ErrorAnswer.class));
    roots.addAll(Arrays.asList(AdminEvent.class.getPermittedSubclasses()));
    roots.forEach(root -> follow(root, found));
    found.keySet().removeAll(WITHOUT_SCHEMA);
    return found;
  }

  private static void follow(Class<?> type, Map<String, Class<?>> found) {
    if (!type.isRecord() || found.put(type.getSimpleName(), type) != null) {
      return;
    }
    for (RecordComponent component : type.getRecordComponents()) {
      follow(component.getType(), found);
      if (component.getGenericType() instanceof ParameterizedType generic) {
        for (Type argument : generic.getActualTypeArguments()) {
          if (argument instanceof Class<?> parameter) {
            follow(parameter, found);
          }
        }
      }
    }
  }

  /** The keys of a record's JSON object, with those of unwrapped records among them. */
  private static Map<String, RecordComponent> components(Class<?> type) {
    Map<String, RecordComponent> keys = new TreeMap<>();
    for (RecordComponent component : type.getRecordComponents()) {
      if (component.getAccessor().isAnnotationPresent(JsonUnwrapped.class)) {
        keys.putAll(components(component.getType()));
      } else {
        keys.put(SNAKE_CASE.translate(component.getName()), component);
      }
    }
    return keys;
  }

  private static boolean isNullable(RecordComponent component) {
    return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
  }

  @Test
  void mapperReadsWhatItWrites() throws IOException {
    var json = ApiJson.mapper();
    for (Object facts : List.of(SampleFacts.node(), SampleFacts.relay())) {
      byte[] written = json.writeValueAsBytes(facts);
      assertThat(json.readValue(written, facts.getClass())).isEqualTo(facts);
    }
  }
}
