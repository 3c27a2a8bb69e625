package io.quicmesh.monitor.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One event of the log as one line, plain or JSON. */
final class LineFormat {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final ObjectMapper json = new ObjectMapper();
  private final boolean isJson;
  private final @Nullable AddressMask mask;

  /**
   * @param mask null to show addresses
   */
  LineFormat(boolean isJson, @Nullable AddressMask mask) {
    this.isJson = isJson;
    this.mask = mask;
  }

  /**
   * The line of an event, without its end.
   *
   * @param leftOut how many of its kind were not written before it
   */
  String line(ILoggingEvent event, int leftOut) {
    return isJson ? json(event, leftOut) : plain(event, leftOut);
  }

  private String plain(ILoggingEvent event, int leftOut) {
    String logger = event.getLoggerName();
    String failure = failure(event.getThrowableProxy());
    return "%s %-5s %s %s%s%s"
        .formatted(
            time(event),
            event.getLevel(),
            logger.substring(logger.lastIndexOf('.') + 1),
            oneLine(event.getFormattedMessage()),
            failure == null ? "" : ": " + failure,
            leftOut == 0 ? "" : " (and " + leftOut + " such lines before)");
  }

  private String json(ILoggingEvent event, int leftOut) {
    LogFields parts = LogFields.of(event.getMessage(), event.getArgumentArray());
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("time", time(event));
    line.put("level", event.getLevel().toString());
    line.put("logger", event.getLoggerName());
    line.put("message", oneLine(parts.message()));
    parts.fields().forEach((key, value) -> line.putIfAbsent(key, fieldValue(value)));
    String failure = failure(event.getThrowableProxy());
    if (failure != null) {
      line.put("exception", failure);
    }
    if (leftOut > 0) {
      line.put("leftOut", leftOut);
    }
    try {
      return json.writeValueAsString(line);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts and numbers can always be written", e);
    }
  }

  private Object fieldValue(Object value) {
    return value instanceof String text ? oneLine(text) : value;
  }

  private @Nullable String failure(@Nullable IThrowableProxy thrown) {
    return thrown == null ? null : oneLine(thrown.getClassName() + ": " + thrown.getMessage());
  }

  private static String time(ILoggingEvent event) {
    return TIME.format(Instant.ofEpochMilli(event.getTimeStamp()));
  }

  /** What comes from others cannot begin a line of its own. */
  private String oneLine(String text) {
    String shown = mask == null ? text : mask.masked(text);
    StringBuilder line = new StringBuilder(shown.length());
    shown.codePoints().forEach(c -> line.appendCodePoint(Character.isISOControl(c) ? ' ' : c));
    return line.toString();
  }
}
