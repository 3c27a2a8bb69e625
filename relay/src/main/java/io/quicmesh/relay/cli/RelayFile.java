package io.quicmesh.relay.cli;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.quicmesh.monitor.log.LogLevel;
import io.quicmesh.monitor.log.LogSettings;
import io.quicmesh.relay.core.RelayLimits;
import io.quicmesh.transport.quic.HandshakeLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The relay's configuration file: its limits, in YAML. What it does not name keeps its default; a
 * key that nobody knows is an error. {@code relay.example.yaml} explains every key.
 */
record RelayFile(RelayLimits limits, HandshakeLimits handshakes, LogSettings log) {

  private static final String NAME = "relay.yaml";

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** The keys of the file. */
  private record Keys(
      RelayLimits.@Nullable Connections connections,
      RelayLimits.@Nullable Circuits circuits,
      RelayLimits.@Nullable Joins joins,
      RelayLimits.@Nullable Rates rates,
      @Nullable Handshakes handshakes,
      @Nullable Migrations migrations,
      @Nullable Log log) {

    static Keys defaults() {
      RelayLimits limits = RelayLimits.defaults();
      HandshakeLimits handshakes = HandshakeLimits.defaults();
      return new Keys(
          limits.connections(),
          limits.circuits(),
          limits.joins(),
          limits.rates(),
          new Handshakes(
              handshakes.inFlightMax(), handshakes.perSourceMax(), handshakes.retryAbove()),
          new Migrations((int) TimeUnit.NANOSECONDS.toSeconds(limits.times().migrationNanos())),
          new Log("info", "plain", false));
    }
  }

  /** The keys of the group about migrations. */
  private record Migrations(int timeoutSeconds) {}

  /** The keys of the group about handshakes. */
  private record Handshakes(int inFlightMax, int perSourceMax, int retryAbove) {}

  /** The keys of the group about the log. */
  private record Log(@Nullable String level, @Nullable String format, boolean maskAddresses) {

    LogSettings settings() {
      if (!"plain".equals(format) && !"json".equals(format)) {
        throw new IllegalArgumentException("log.format must be plain or json");
      }
      LogLevel wanted = LogLevel.parse(String.valueOf(level));
      return new LogSettings("json".equals(format), maskAddresses, wanted, Map.of());
    }
  }

  /** The file of a state directory, or the defaults. */
  static RelayFile inDirectory(Path directory) throws IOException {
    Path file = directory.resolve(NAME);
    return Files.exists(file) ? read(file) : of(file, Keys.defaults());
  }

  /**
   * Reads a file.
   *
   * @throws IOException with one line that names file, line and key
   */
  static RelayFile read(Path file) throws IOException {
    try {
      String text = Files.readString(file);
      JsonNode given = YAML.readTree(text);
      ObjectNode merged = YAML.valueToTree(Keys.defaults());
      if (given instanceof ObjectNode keys) {
        checkNames(file, text, merged);
        merge(merged, keys);
      } else if (!given.isMissingNode() && !given.isNull()) {
        throw new IOException(file + " is no configuration: it must be keys and values in YAML");
      }
      return of(file, YAML.treeToValue(merged, Keys.class));
    } catch (NoSuchFileException e) {
      throw new IOException("there is no file " + file + ": correct --config", e);
    } catch (JsonProcessingException e) {
      throw new IOException(file + ": " + explain(e), e);
    }
  }

  /** The tree of a text knows no lines any more: so its tokens are looked at. */
  private static void checkNames(Path file, String text, JsonNode known) throws IOException {
    Deque<JsonNode> groups = new ArrayDeque<>();
    JsonNode next = known;
    try (JsonParser tokens = YAML.createParser(text)) {
      for (JsonToken token = tokens.nextToken(); token != null; token = tokens.nextToken()) {
        if (token == JsonToken.START_OBJECT) {
          groups.push(next);
        } else if (token == JsonToken.END_OBJECT) {
          groups.pop();
        } else if (token == JsonToken.FIELD_NAME) {
          String name = tokens.currentName();
          next = groups.element().path(name);
          if (next.isMissingNode()) {
            int line = tokens.currentTokenLocation().getLineNr();
            throw new IOException(
                file + ": line " + line + ": unknown key '" + name + "': see relay.example.yaml");
          }
        }
      }
    }
  }

  private static void merge(ObjectNode into, ObjectNode from) {
    for (Map.Entry<String, JsonNode> entry : from.properties()) {
      if (into.get(entry.getKey()) instanceof ObjectNode group
          && entry.getValue() instanceof ObjectNode keys) {
        merge(group, keys);
      } else {
        into.set(entry.getKey(), entry.getValue());
      }
    }
  }

  private static String explain(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    String line = at == null || at.getLineNr() < 0 ? "" : "line " + at.getLineNr() + ": ";
    Throwable cause = e.getCause();
    String why = cause instanceof IllegalArgumentException ? cause.getMessage() : null;
    String first = e.getOriginalMessage().lines().findFirst().orElse("unreadable");
    return line + Objects.requireNonNullElse(why, first);
  }

  private static RelayFile of(Path file, Keys keys) throws IOException {
    Keys defaults = Keys.defaults();
    Migrations migrations = or(keys.migrations, defaults.migrations);
    RelayLimits limits =
        new RelayLimits(
            or(keys.connections, defaults.connections),
            or(keys.circuits, defaults.circuits),
            or(keys.joins, defaults.joins),
            or(keys.rates, defaults.rates),
            RelayLimits.defaults().times().withMigrationSeconds(migrations.timeoutSeconds));
    Handshakes handshakes = or(keys.handshakes, defaults.handshakes);
    return new RelayFile(
        limits,
        new HandshakeLimits(
            handshakes.inFlightMax,
            handshakes.perSourceMax,
            handshakes.retryAbove,
            HandshakeLimits.defaults().deadlineNanos()),
        logSettings(file, or(keys.log, defaults.log)));
  }

  private static LogSettings logSettings(Path file, Log log) throws IOException {
    try {
      return log.settings();
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private static <T> T or(@Nullable T given, @Nullable T otherwise) {
    return Objects.requireNonNull(given == null ? otherwise : given);
  }
}
