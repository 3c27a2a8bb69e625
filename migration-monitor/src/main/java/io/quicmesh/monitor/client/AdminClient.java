package io.quicmesh.monitor.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quicmesh.monitor.api.ApiJson;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Asks and tells a running daemon over the socket in its state directory, one connection a request
 * (HTTP/1.1, RFC 9112). Blocks; to be used by one thread at a time.
 *
 * <p>Every method throws {@link DaemonUnreachableException} when no daemon listens, {@link
 * AdminErrorException} when it refuses or fails, and {@code java.net.SocketTimeoutException} when
 * it is silent for longer than the client waits.
 */
public final class AdminClient {
  private static final Duration PATIENCE = Duration.ofSeconds(100);
  private static final int EXIT_FAILED = 1;

  private final Path socket;
  private final Duration patience;
  private final ObjectMapper json = ApiJson.mapper();

  public AdminClient(Path stateDirectory) {
    this(stateDirectory, PATIENCE);
  }

  /** A client that waits so long for an answer. */
  public AdminClient(Path stateDirectory, Duration patience) {
    this.socket = stateDirectory.resolve("admin.sock");
    this.patience = patience;
  }

  /** The mapper that answers are read with, for writing them out as they came. */
  public ObjectMapper json() {
    return json;
  }

  /**
   * Asks, and returns the answer as it came.
   *
   * @param target a path with its query, such as {@code /api/why?peer=bob}
   */
  public JsonNode get(String target) throws IOException {
    return json.readTree(exchange("GET", target, null));
  }

  public <T> T get(String target, Class<T> type) throws IOException {
    return json.readValue(exchange("GET", target, null), type);
  }

  /** The body of an answer that is not JSON, such as that of {@code /metrics}. */
  public String getText(String target) throws IOException {
    return new String(exchange("GET", target, null), StandardCharsets.UTF_8);
  }

  /**
   * Tells the daemon to do something, and returns its answer as it came.
   *
   * @param body an object of the api package, a map or a tree; {@code null} for none
   */
  public JsonNode post(String target, @Nullable Object body) throws IOException {
    return json.readTree(exchange("POST", target, body));
  }

  public <T> T post(String target, @Nullable Object body, Class<T> type) throws IOException {
    return json.readValue(exchange("POST", target, body), type);
  }

  /** Listens to what happens, until the stream is closed by either side. */
  public AdminEventStream events() throws IOException {
    HttpExchange exchange = HttpExchange.open(socket, patience);
    try {
      exchange.send("GET", "/api/events", null);
      int status = exchange.readHead();
      if (status != 200) {
        throw error(status, exchange.readBody());
      }
      return new AdminEventStream(exchange, json);
    } catch (IOException | RuntimeException e) {
      exchange.close();
      throw e;
    }
  }

  /** A query parameter's value, encoded. */
  public static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private byte[] exchange(String method, String target, @Nullable Object body) throws IOException {
    try (HttpExchange exchange = HttpExchange.open(socket, patience)) {
      exchange.send(method, target, body == null ? null : json.writeValueAsBytes(body));
      int status = exchange.readHead();
      byte[] answer = exchange.readBody();
      if (status != 200) {
        throw error(status, answer);
      }
      return answer;
    }
  }

  private AdminErrorException error(int status, byte[] body) {
    try {
      JsonNode answer = json.readTree(body);
      return new AdminErrorException(
          status,
          answer.path("exit_code").asInt(EXIT_FAILED),
          answer.path("error").asText("the daemon answered " + status));
    } catch (IOException e) {
      return new AdminErrorException(status, EXIT_FAILED, "the daemon answered " + status);
    }
  }
}
