package io.quicmesh.monitor.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The open stream of a daemon's server-sent events (WHATWG HTML section 9.2). */
public final class AdminEventStream implements AutoCloseable {
  private final HttpExchange exchange;
  private final ObjectMapper json;

  AdminEventStream(HttpExchange exchange, ObjectMapper json) {
    this.exchange = exchange;
    this.json = json;
  }

  /**
   * One message of the stream.
   *
   * @param name of the event, such as {@code handover}, or of the part whose state it carries
   */
  public record Message(String name, JsonNode data) {}

  /**
   * Waits for the next message.
   *
   * @return {@code null} when the daemon closed the stream
   */
  public @Nullable Message next() throws IOException {
    String name = "message";
    JsonNode data = MissingNode.getInstance();
    for (String line = exchange.readLine(); line != null; line = exchange.readLine()) {
      if (line.startsWith("event: ")) {
        name = line.substring("event: ".length());
      } else if (line.startsWith("data: ")) {
        data = json.readTree(line.substring("data: ".length()));
      } else if (line.isEmpty() && !data.isMissingNode()) {
        return new Message(name, data);
      }
    }
    return null;
  }

  @Override
  public void close() {
    exchange.close();
  }
}
