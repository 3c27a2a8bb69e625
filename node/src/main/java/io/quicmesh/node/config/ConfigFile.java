package io.quicmesh.node.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** Reads a YAML config file; an unknown key is an error with its line. */
public final class ConfigFile {

  private static final String SAMPLE = "quicmesh.yaml";
  private static final int BYTES_MAX = 1 << 20;

  private ConfigFile() {}

  /**
   * Reads a file.
   *
   * @throws ConfigException with one line
   */
  public static NodeConfig read(Path file) throws ConfigException {
    try {
      if (Files.size(file) > BYTES_MAX) {
        throw new ConfigException(file + " is longer than 1 MiB: it is not a config file");
      }
      return parse(file.toString(), Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new ConfigException("there is no config file " + file + ": check --config");
    } catch (IOException e) {
      throw new ConfigException("config file " + file + " cannot be read: " + e.getMessage());
    }
  }

  /** Parses the text of a config file; the name is for messages. */
  public static NodeConfig parse(String name, String text) throws ConfigException {
    if (text.lines().allMatch(line -> line.isBlank() || line.startsWith("#"))) {
      return NodeConfig.DEFAULTS;
    }
    try {
      NodeConfig config = mapper().readValue(text, NodeConfig.class);
      return config == null ? NodeConfig.DEFAULTS : config;
    } catch (JacksonException e) {
      throw new ConfigException(name + at(e.getLocation()) + ": " + reason(e));
    }
  }

  /** The sample config file: every key with its default and a comment. */
  public static String sample() {
    try (InputStream in = ConfigFile.class.getResourceAsStream(SAMPLE)) {
      if (in == null) {
        throw new IllegalStateException("the sample config is missing from the build");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("the sample config cannot be read", e);
    }
  }

  private static ObjectMapper mapper() {
    YAMLFactory factory =
        YAMLFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(20)
                    .maxStringLength(BYTES_MAX)
                    .build())
            .build();
    return new ObjectMapper(factory)
        .setPropertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);
  }

  private static String at(JsonLocation location) {
    return location == null ? "" : ":" + location.getLineNr();
  }

  private static String reason(JacksonException e) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      String known =
          unknown.getKnownPropertyIds().stream()
              .map(String::valueOf)
              .sorted()
              .collect(Collectors.joining(", "));
      return "unknown key '" + unknown.getPropertyName() + "': known here are " + known;
    }
    String first = e.getOriginalMessage().lines().findFirst().orElse("not YAML");
    if (e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
      String key =
          mapping.getPath().stream()
              .map(JsonMappingException.Reference::getFieldName)
              .map(String::valueOf)
              .collect(Collectors.joining("."));
      Throwable cause = mapping.getCause();
      return "key '" + key + "': " + (cause == null ? first : cause.getMessage());
    }
    return first;
  }
}
