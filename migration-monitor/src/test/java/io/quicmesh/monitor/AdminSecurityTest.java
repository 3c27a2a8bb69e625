package io.quicmesh.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quicmesh.monitor.client.AdminClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What pages in a browser and other users of this host may and may not do. */
final class AdminSecurityTest {
  private static final AdminLimits SHORT =
      new AdminLimits(
          TimeUnit.MILLISECONDS.toNanos(700),
          TimeUnit.SECONDS.toNanos(10),
          TimeUnit.SECONDS.toNanos(10));

  @TempDir Path temporary;

  private final AtomicInteger changes = new AtomicInteger();
  private Path state;
  private AdminServer server;
  private InetSocketAddress address;
  private String token;

  @BeforeEach
  void start() throws IOException {
    state = temporary.resolve("s");
    server = start(AdminLimits.DEFAULT, new InetSocketAddress(loopback(), 0), true);
    address = server.address();
    token = Files.readString(state.resolve(AdminConfig.TOKEN_FILE)).strip();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:%d", "localhost:%d", "LOCALHOST:%d", "[::1]:%d"})
  void servesUnderItsOwnNames(String host) throws IOException {
    assertThat(get("/api/status", host)).startsWith("HTTP/1.1 200 ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example:%d",
        "127.0.0.1",
        "127.0.0.1:1",
        "127.0.0.1.evil.example:%d",
        "0.0.0.0:%d",
        ""
      })
  void refusesAForeignHost(String host) throws IOException {
    String answer = get("/api/status", host);

    assertThat(answer).startsWith("HTTP/1.1 403 ").contains("\"exit_code\":4");
    assertThat(answer).doesNotContain("alice");
  }

  @Test
  void refusesTwoHosts() throws IOException {
    assertThat(RawHttp.ask(address, "GET /api/status", "Host: evil.example"))
        .containsPattern("^HTTP/1.1 40[03] ");
  }

  @Test
  void refusesWhatAForeignPageSends() throws IOException {
    assertThat(RawHttp.ask(address, "GET /api/peers", "Origin: http://evil.example"))
        .startsWith("HTTP/1.1 403 ");
    assertThat(RawHttp.ask(address, "GET /api/peers", "Origin: null")).startsWith("HTTP/1.1 403 ");
    assertThat(RawHttp.ask(address, "GET /api/test", "Sec-Fetch-Site: cross-site"))
        .startsWith("HTTP/1.1 403 ");
    assertThat(RawHttp.ask(address, "GET /api/test", "Sec-Fetch-Site: same-site"))
        .startsWith("HTTP/1.1 403 ");
    assertThat(
            RawHttp.post(
                address,
                "/api/down",
                "{}",
                "Origin: http://evil.example",
                "Content-Type: application/json",
                "Authorization: Bearer " + token))
        .startsWith("HTTP/1.1 403 ");
    assertThat(changes).hasValue(0);
  }

  @Test
  void letsALinkLeadToThePage() throws IOException {
    assertThat(
            RawHttp.ask(
                address,
                "GET /",
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Mode: navigate",
                "Sec-Fetch-Dest: document"))
        .startsWith("HTTP/1.1 200 ");
  }

  @Test
  void changesNothingWithoutTheToken() throws IOException {
    String json = "Content-Type: application/json";

    assertThat(RawHttp.post(address, "/api/down", "{}", json)).startsWith("HTTP/1.1 401 ");
    assertThat(RawHttp.post(address, "/api/down", "{}", json, "Authorization: Bearer guessed"))
        .startsWith("HTTP/1.1 401 ");
    assertThat(RawHttp.post(address, "/api/down", "{}", json, "Authorization: Basic " + token))
        .startsWith("HTTP/1.1 401 ");
    assertThat(RawHttp.post(address, "/api/down?token=" + token, "{}", json, "Cookie: t=" + token))
        .startsWith("HTTP/1.1 401 ");
    assertThat(changes).hasValue(0);
  }

  @Test
  void changesWithTheToken() throws IOException {
    String answer =
        RawHttp.post(
            address,
            "/api/down",
            "{}",
            "Origin: http://127.0.0.1:" + address.getPort(),
            "Content-Type: application/json",
            "Authorization: Bearer " + token);

    assertThat(answer).startsWith("HTTP/1.1 200 ");
    assertThat(changes).hasValue(1);
  }

  @Test
  void refusesWhatAFormCanSend() throws IOException {
    assertThat(
            RawHttp.post(
                address,
                "/api/down",
                "{}",
                "Content-Type: text/plain",
                "Authorization: Bearer " + token))
        .startsWith("HTTP/1.1 415 ");
    assertThat(changes).hasValue(0);
  }

  @Test
  void changesNothingByGet() throws IOException {
    assertThat(RawHttp.ask(address, "GET /api/down", "Authorization: Bearer " + token))
        .startsWith("HTTP/1.1 405 ")
        .containsIgnoringCase("allow: POST");
    assertThat(RawHttp.ask(address, "PUT /api/down")).startsWith("HTTP/1.1 405 ");
    assertThat(changes).hasValue(0);
  }

  @Test
  void guardsEveryAnswerWithHeaders() throws IOException {
    for (String path : new String[] {"/", "/app.js", "/api/status", "/nowhere", "/metrics"}) {
      assertThat(RawHttp.ask(address, "GET " + path))
          .as(path)
          .containsIgnoringCase("content-security-policy: default-src 'self';")
          .containsIgnoringCase("frame-ancestors 'none'")
          .containsIgnoringCase("x-content-type-options: nosniff")
          .containsIgnoringCase("referrer-policy: no-referrer")
          .doesNotContainIgnoringCase("access-control-allow");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/../admin.token", "/%2e%2e/admin.token", "/page/index.html", "//", "/x"})
  void servesNoFileThatIsNotOfThePage(String path) throws IOException {
    assertThat(RawHttp.ask(address, "GET " + path)).startsWith("HTTP/1.1 404 ");
  }

  @Test
  void keepsSocketAndTokenToTheOwner() throws IOException {
    assertThat(mode(state)).isEqualTo("rwx------");
    assertThat(mode(state.resolve(AdminConfig.TOKEN_FILE))).isEqualTo("rw-------");
    assertThat(mode(state.resolve(AdminConfig.SOCKET_FILE))).isEqualTo("rw-------");
    assertThat(token).hasSize(43);
  }

  @Test
  void keepsTheTokenOverARestart() throws IOException {
    server.close();
    server = start(AdminLimits.DEFAULT, new InetSocketAddress(loopback(), 0), true);

    assertThat(state.resolve(AdminConfig.TOKEN_FILE)).hasContent(token);
  }

  @Test
  void replacesATokenThatOthersCouldRead() throws IOException {
    server.close();
    Files.setPosixFilePermissions(
        state.resolve(AdminConfig.TOKEN_FILE), PosixFilePermissions.fromString("rw-r--r--"));
    server = start(AdminLimits.DEFAULT, new InetSocketAddress(loopback(), 0), true);

    assertThat(Files.readString(state.resolve(AdminConfig.TOKEN_FILE)).strip()).isNotEqualTo(token);
    assertThat(mode(state.resolve(AdminConfig.TOKEN_FILE))).isEqualTo("rw-------");
  }

  @Test
  void refusesAStateDirectoryThatOthersCanOpen() throws IOException {
    server.close();
    Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwxr-x---"));

    assertThatThrownBy(() -> start(AdminLimits.DEFAULT, new InetSocketAddress(loopback(), 0), true))
        .isInstanceOf(AdminStartException.class)
        .hasMessage("state directory " + state + " is open to others: chmod 700 " + state);
  }

  @Test
  void refusesToListenBeyondThisHost() {
    InetSocketAddress everywhere = new InetSocketAddress(0);

    assertThatThrownBy(() -> start(AdminLimits.DEFAULT, everywhere, true))
        .isInstanceOf(AdminStartException.class)
        .hasMessageContaining("is not a loopback address");
  }

  @Test
  void refusesAnAskedForAddressThatIsTaken() throws IOException {
    Path other = temporary.resolve("t");

    assertThatThrownBy(() -> start(other, AdminLimits.DEFAULT, address, true))
        .isInstanceOf(AdminStartException.class)
        .hasMessageContaining("127.0.0.1:" + address.getPort())
        .hasMessageEndingWith("choose another");
    assertThat(other.resolve(AdminConfig.SOCKET_FILE)).doesNotExist();
  }

  @Test
  void movesOnFromADefaultAddressThatIsTaken() throws IOException {
    try (AdminServer second = start(temporary.resolve("t"), AdminLimits.DEFAULT, address, false)) {
      assertThat(second.address().getPort()).isGreaterThan(address.getPort());
    }
  }

  @Test
  void refusesASecondDaemonInOneStateDirectory() {
    assertThatThrownBy(() -> start(AdminLimits.DEFAULT, new InetSocketAddress(loopback(), 0), true))
        .isInstanceOf(AdminStartException.class)
        .hasMessageContaining("is in use by a running daemon");
  }

  @Test
  void takesOverTheSocketOfAKilledDaemon() throws IOException {
    server.close();
    Path socket = state.resolve(AdminConfig.SOCKET_FILE);
    try (var left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      left.bind(UnixDomainSocketAddress.of(socket));
    }
    assertThat(socket).exists();

    server = start(AdminLimits.DEFAULT, new InetSocketAddress(loopback(), 0), true);

    assertThat(new AdminClient(state).get("/api/status").path("node")).hasToString("\"alice\"");
  }

  @Test
  void refusesOversizedRequests() throws IOException {
    assertThat(RawHttp.ask(address, "GET /" + "a".repeat(5000)))
        .containsPattern("^HTTP/1.1 4\\d\\d ");
    assertThat(RawHttp.ask(address, "GET /", "X-Long: " + "a".repeat(20_000)))
        .startsWith("HTTP/1.1 431 ");
    assertThat(
            RawHttp.ask(
                address,
                "POST /api/down",
                "Content-Type: application/json",
                "Content-Length: " + (AdminLimits.BODY_BYTES_MAX + 1),
                "Authorization: Bearer " + token))
        .startsWith("HTTP/1.1 413 ");
    assertThat(changes).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "[[[[", "{\"a\":1}}", "nonsense"})
  void refusesABodyThatIsNotJson(String body) throws IOException {
    assertThat(
            RawHttp.post(
                address,
                "/api/down",
                body,
                "Content-Type: application/json",
                "Authorization: Bearer " + token))
        .startsWith("HTTP/1.1 400 ");
    assertThat(changes).hasValue(0);
  }

  @Test
  void refusesABodyWhoseLengthItIsNotTold() throws IOException {
    try (RawHttp http = new RawHttp(address)) {
      http.send(
          "POST /api/down HTTP/1.1\r\nHost: 127.0.0.1:"
              + http.port()
              + "\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n"
              + "Authorization: Bearer "
              + token
              + "\r\n\r\n");
      String chunk = "4000\r\n" + " ".repeat(0x4000) + "\r\n";

      assertThatThrownBy(
              () -> {
                while (true) {
                  http.send(chunk);
                }
              })
          .isInstanceOf(IOException.class);
    }
    assertThat(changes).hasValue(0);
  }

  @Test
  void refusesANestedBodyWithoutReadingItAll() throws IOException {
    assertThat(
            RawHttp.post(
                address,
                "/api/down",
                "[".repeat(10_000),
                "Content-Type: application/json",
                "Authorization: Bearer " + token))
        .startsWith("HTTP/1.1 400 ");
  }

  @Test
  void closesAConnectionThatNobodyUses() throws IOException {
    server.close();
    server = start(SHORT, new InetSocketAddress(loopback(), 0), true);
    try (RawHttp idle = new RawHttp(server.address())) {
      assertThat(idle.readAll()).isEmpty();
    }
  }

  @Test
  void answersOneRequestAtATime() throws IOException {
    try (RawHttp eager = new RawHttp(address)) {
      String request = "GET /api/slow HTTP/1.1\r\nHost: 127.0.0.1:" + eager.port() + "\r\n\r\n";
      eager.send(request + request);

      assertThat(eager.readAll()).isEmpty();
    }
  }

  private String get(String path, String host) throws IOException {
    try (RawHttp http = new RawHttp(address)) {
      http.send(
          "GET "
              + path
              + " HTTP/1.1\r\nHost: "
              + host.replace("%d", Integer.toString(address.getPort()))
              + "\r\nConnection: close\r\n\r\n");
      return http.readAll();
    }
  }

  private AdminServer start(AdminLimits limits, InetSocketAddress at, boolean asked)
      throws IOException {
    return start(state, limits, at, asked);
  }

  private AdminServer start(Path directory, AdminLimits limits, InetSocketAddress at, boolean asked)
      throws IOException {
    AdminRoutes routes =
        new AdminRoutes()
            .post(
                "/api/down",
                request -> {
                  changes.incrementAndGet();
                  return CompletableFuture.completedFuture(Map.of("ok", true));
                })
            .get("/api/slow", request -> new CompletableFuture<>());
    return AdminServer.start(
        new AdminConfig(directory, at, asked, "0.1.0"),
        () -> CompletableFuture.completedFuture(SampleFacts.node()),
        routes,
        new HistoryRing(),
        limits);
  }

  private static InetAddress loopback() {
    return InetAddress.getLoopbackAddress();
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
