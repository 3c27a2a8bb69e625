package io.quicmesh.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The interface's description, and what it says about a value; strict about unknown keys. */
final class OpenApi {
  private static final String SCHEMAS = "/components/schemas/";

  private final JsonNode root;

  OpenApi() throws IOException {
    try (InputStream in = OpenApi.class.getResourceAsStream("openapi.yaml")) {
      root = new ObjectMapper(new YAMLFactory()).readTree(in);
    }
  }

  JsonNode schema(String name) {
    return root.at(SCHEMAS + name);
  }

  JsonNode paths() {
    return root.path("paths");
  }

  Set<String> schemaNames() {
    Set<String> names = new TreeSet<>();
    root.at("/components/schemas").fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** How a value deviates from a schema; empty when it conforms. */
  List<String> deviations(JsonNode value, JsonNode schema) {
    List<String> found = new ArrayList<>();
    check(value, schema, "$", found);
    return found;
  }

  private void check(JsonNode value, JsonNode schema, String at, List<String> found) {
    if (schema.has("$ref")) {
      JsonNode named = root.at(schema.path("$ref").asText().substring(1));
      if (named.isMissingNode()) {
        found.add(at + ": no schema " + schema.path("$ref"));
      }
      check(value, named, at, found);
    } else if (schema.has("oneOf")) {
      checkOneOf(value, schema.path("oneOf"), at, found);
    } else if (!hasType(value, schema.path("type"))) {
      found.add(at + ": " + value.getNodeType() + " instead of " + schema.path("type"));
    } else if (value.isObject()) {
      checkObject(value, schema, at, found);
    } else if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        check(value.get(i), schema.path("items"), at + "[" + i + "]", found);
      }
    } else if (value.isTextual()) {
      checkText(value.asText(), schema, at, found);
    }
  }

  private void checkOneOf(JsonNode value, JsonNode choices, String at, List<String> found) {
    int matching = 0;
    for (JsonNode choice : choices) {
      matching += deviations(value, choice).isEmpty() ? 1 : 0;
    }
    if (matching != 1) {
      found.add(at + ": conforms to " + matching + " of the choices instead of one");
    }
  }

  private void checkObject(JsonNode value, JsonNode schema, String at, List<String> found) {
    for (JsonNode required : schema.path("required")) {
      if (!value.has(required.asText())) {
        found.add(at + ": lacks " + required.asText());
      }
    }
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      JsonNode property = schema.path("properties").path(field.getKey());
      JsonNode type = property.isMissingNode() ? schema.path("additionalProperties") : property;
      if (type.isMissingNode()) {
        found.add(at + ": has unknown " + field.getKey());
      } else {
        check(field.getValue(), type, at + "." + field.getKey(), found);
      }
    }
  }

  private static void checkText(String text, JsonNode schema, String at, List<String> found) {
    if (schema.has("enum")) {
      boolean known = false;
      for (JsonNode choice : schema.path("enum")) {
        known |= choice.asText().equals(text);
      }
      if (!known) {
        found.add(at + ": '" + text + "' is not one of " + schema.path("enum"));
      }
    }
    if (schema.path("format").asText().equals("date-time")) {
      try {
        Instant.parse(text);
      } catch (DateTimeException e) {
        found.add(at + ": '" + text + "' is no time");
      }
    }
  }

  private static boolean hasType(JsonNode value, JsonNode type) {
    if (type.isArray()) {
      for (JsonNode choice : type) {
        if (hasType(value, choice)) {
          return true;
        }
      }
      return false;
    }
    return switch (type.asText()) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isTextual();
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      case "boolean" -> value.isBoolean();
      case "null" -> value.isNull();
      default -> false;
    };
  }
}
