package io.quicmesh.node.membership;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;

/**
 * The JSON of state files and join documents: records by the names of their components, in snake
 * case; components that are unknown here are ignored, so that later versions can add some.
 */
final class Json {

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(8)
                          .maxStringLength(256 * 1024)
                          .maxDocumentLength(16L << 20)
                          .build())
                  .build())
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  /** Bytes of a record; indented, because operators look at state files. */
  static byte[] write(Object record) {
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(record);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("a record without a JSON form", e);
    }
  }

  /**
   * A record of its bytes.
   *
   * @throws IOException if they are not one; the message has no content of theirs
   */
  static <T> T read(byte[] bytes, Class<T> type) throws IOException {
    try {
      return Objects.requireNonNull(MAPPER.readValue(bytes, type), "null");
    } catch (IOException | RuntimeException e) {
      throw new IOException("not the JSON that is expected here");
    }
  }
}
