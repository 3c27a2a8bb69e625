package io.quicmesh.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quicmesh.monitor.AdminConfig;
import io.quicmesh.monitor.AdminFailure;
import io.quicmesh.monitor.AdminFailure.Kind;
import io.quicmesh.monitor.AdminRoutes;
import io.quicmesh.monitor.AdminServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What commands make of the answers of a daemon, right ones and refusals. */
final class DaemonAnswersTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String STATUS =
      """
      {"summary": "all is well", "healthy": true, "node": "alice", "id": "abcdefghijkl",
       "tap": {"name": "qm0", "dropped": {}}, "relays": [], "peers_up": 1, "peers_total": 1}""";
  private static final String PEERS =
      """
      {"peers": [{"name": "bob", "state": "up", "carrier": "direct", "rtt_ms": 1.5}]}""";
  private static final String CONNECTIONS =
      """
      {"connections": {"00ff": {"connection_id": "00ff", "kind": "direct", "role": "client",
       "peer": "bob", "remote_addr": "192.0.2.1:5", "migration_count": 1,
       "migration_state": "STABLE"}}}""";
  private static final String MOVED =
      """
      {"connection_id": "00ff", "old_addr": "192.0.2.9:1", "new_addr": "192.0.2.9:2",
       "gap_ms": 2.5}""";
  private static final String DONE =
      """
      {"result": "done", "steps": [{"name": "CONNECTING", "ms": 1.0}], "gap_ms": 0.5,
       "frames_resent": 3}""";
  private static final String PROBE =
      """
      {"peer": "bob", "carrier": "direct", "rtt_ms": 0.7,
       "connection": {"remote_addr": "192.0.2.1:5"}}""";
  private static final String WHY =
      """
      {"peer": "bob", "carrier": "direct", "decision": "it is up; stay", "candidates": []}""";
  private static final String NETCHECK =
      """
      {"udp": "works", "ipv4": {"udp": "works", "local": ["10.0.0.2"], "observed":
       ["192.0.2.9:1"], "nat": "yes", "mapping": "not probed"}, "ipv6": {"udp": "no", "local": [],
       "observed": [], "nat": "not known", "mapping": "not probed"}, "relays": [],
       "port_mapping": "not probed"}""";
  private static final String LOG =
      """
      {"format": "plain", "mask_addresses": false, "level": "info", "levels": {"io.x": "debug"}}""";
  private static final String RELOADED =
      """
      {"applied": ["log.level"], "needs_restart": ["tap.mtu"]}""";

  @TempDir Path directory = Path.of("");
  private final Map<String, String> gets = new LinkedHashMap<>();
  private final Map<String, String> posts = new LinkedHashMap<>();
  private @Nullable AdminServer server;

  private void serve() throws IOException {
    gets.put("/api/status", STATUS);
    gets.put("/api/peers", PEERS);
    gets.put("/api/connections", CONNECTIONS);
    gets.put("/api/migrations", "[]");
    gets.put("/api/handovers", "[]");
    gets.put("/api/why", WHY);
    gets.put("/api/test", PROBE);
    gets.put("/api/netcheck", NETCHECK);
    gets.put("/api/log", LOG);
    posts.put("/api/handover", DONE);
    posts.put("/api/simulate-migration", MOVED);
    posts.put("/api/log", LOG);
    posts.put("/api/reload", RELOADED);
    AdminRoutes routes = new AdminRoutes();
    for (Map.Entry<String, String> each : gets.entrySet()) {
      JsonNode answer = JSON.readTree(each.getValue());
      routes.get(each.getKey(), request -> CompletableFuture.completedFuture(answer));
    }
    for (Map.Entry<String, String> each : posts.entrySet()) {
      JsonNode answer = JSON.readTree(each.getValue());
      routes.post(each.getKey(), request -> CompletableFuture.completedFuture(answer));
    }
    start(routes);
  }

  private void start(AdminRoutes routes) throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    server =
        AdminServer.start(
            new AdminConfig(directory.resolve("s"), any, true, "0"),
            () -> new CompletableFuture<>(),
            routes);
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private CommandLineRun run(String line) {
    List<String> args = new ArrayList<>(List.of(line.split(" ", -1)));
    args.addAll(List.of("--state-dir", directory.resolve("s").toString()));
    return CommandLineRun.of(args.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({
    "status, GET, /api/status",
    "peers, GET, /api/peers",
    "connections, GET, /api/connections",
    "migrations, GET, /api/migrations",
    "handovers, GET, /api/handovers",
    "why bob, GET, /api/why",
    "ping bob -c 1, GET, /api/test",
    "netcheck, GET, /api/netcheck",
    "log, GET, /api/log",
    "log debug io.x, POST, /api/log",
    "log default io.x, POST, /api/log",
    "reload, POST, /api/reload",
    "handover bob relay, POST, /api/handover",
    "simulate-migration, POST, /api/simulate-migration",
    "simulate-migration bob, POST, /api/simulate-migration",
  })
  void printsTheObjectOfTheInterfaceOrATextThatFits(String line, String method, String path)
      throws IOException {
    serve();

    CommandLineRun asJson = run(line + " --json");
    CommandLineRun asText = run(line);

    String expected = (method.equals("GET") ? gets : posts).get(path);
    assertThat(JSON.readTree(asJson.out())).isEqualTo(JSON.readTree(expected));
    assertThat(asJson.exitCode()).isZero();
    assertThat(asText.exitCode()).isZero();
    assertThat(asText.out()).isNotBlank();
    assertThat(asText.out().lines()).allMatch(text -> text.length() <= 80);
    assertThat(asText.err()).isEmpty();
  }

  @Test
  void theLiveViewIsOneObjectAViewInJson() throws IOException {
    serve();

    List<String> views = run("monitor --times 1 --json").out().lines().toList();

    assertThat(views).hasSize(1);
    assertThat(JSON.readTree(views.get(0)).path("peers")).isEqualTo(JSON.readTree(PEERS));
    assertThat(run("monitor --times 1").out()).contains("all is well", "bob");
  }

  @ParameterizedTest
  @CsvSource({"FAILED, 1", "USAGE, 2", "OTHER_SIDE_NOT_THERE, 5", "UNKNOWN, 1"})
  void aRefusalIsOneLineAndItsExitCode(Kind kind, int exitCode) throws IOException {
    AdminRoutes routes = new AdminRoutes();
    AdminFailure failure = new AdminFailure(kind, "no way, because of that: mend it");
    routes.get("/api/why", request -> CompletableFuture.failedFuture(failure));
    routes.post("/api/handover", request -> CompletableFuture.failedFuture(failure));
    routes.post("/api/simulate-migration", request -> CompletableFuture.failedFuture(failure));
    routes.post("/api/reload", request -> CompletableFuture.failedFuture(failure));
    start(routes);

    for (String line :
        List.of("why bob", "handover bob relay", "simulate-migration bob", "reload")) {
      run(line).assertOneErrorLine(exitCode, "no way, because of that: mend it");
      run(line + " --json").assertOneErrorLine(exitCode, "no way");
    }
  }

  @Test
  void aHandoverThatDidNotSucceedIsExitCode1() throws IOException {
    AdminRoutes routes = new AdminRoutes();
    JsonNode failed = JSON.readTree(DONE.replace("\"done\"", "\"failed\""));
    routes.post("/api/handover", request -> CompletableFuture.completedFuture(failed));
    start(routes);

    assertThat(run("handover bob direct").exitCode()).isEqualTo(1);
  }
}
