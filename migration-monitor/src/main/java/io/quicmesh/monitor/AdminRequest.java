package io.quicmesh.monitor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.quicmesh.monitor.api.ApiJson;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One admitted request to the admin server.
 *
 * @param query the first value of every query parameter
 * @param body the JSON body, {@link MissingNode} without one
 */
public record AdminRequest(String path, Map<String, String> query, JsonNode body) {
  private static final ObjectMapper JSON = ApiJson.mapper();

  public AdminRequest {
    query = Map.copyOf(query);
  }

  public @Nullable String parameter(String name) {
    String value = query.get(name);
    return value == null || value.isEmpty() ? null : value;
  }

  /** A parameter that must be there: its absence is a usage failure. */
  public String requiredParameter(String name) {
    String value = parameter(name);
    if (value == null) {
      throw new AdminFailure(
          AdminFailure.Kind.USAGE, path + ": parameter '" + name + "' is missing");
    }
    return value;
  }

  /** The body as an object of the given type; an empty body counts as {@code {}}. */
  public <T> T bodyAs(Class<T> type) {
    try {
      JsonNode tree = body.isMissingNode() || body.isNull() ? JSON.createObjectNode() : body;
      return JSON.treeToValue(tree, type);
    } catch (JsonProcessingException e) {
      throw new AdminFailure(
          AdminFailure.Kind.USAGE, path + ": the body is not as documented: " + firstLine(e));
    }
  }

  private static String firstLine(JsonProcessingException e) {
    return e.getOriginalMessage().lines().findFirst().orElse("unreadable");
  }
}
