package io.quicmesh.monitor;

import java.util.Map;

/**
 * An answer with headers of its own; handlers without such needs complete with the body alone.
 *
 * @param body a {@code String} is sent as plain text, anything else as JSON
 */
public record AdminAnswer(Map<String, String> headers, Object body) {
  public AdminAnswer {
    headers = Map.copyOf(headers);
  }
}
