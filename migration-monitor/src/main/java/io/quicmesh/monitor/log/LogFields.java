package io.quicmesh.monitor.log;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A log line taken apart: what {@code peer={}} in its pattern names is a field, the rest is the
 * message.
 *
 * @param message such as {@code handover done}
 * @param fields by their keys, in the order of the pattern
 */
record LogFields(String message, Map<String, Object> fields) {

  private static final Pattern PLACE =
      Pattern.compile(" ?\\b([A-Za-z][A-Za-z0-9_]*)=\\{\\}|\\{\\}");

  /**
   * Takes apart a pattern of SLF4J and what fills it in.
   *
   * @param arguments null for none; those without a place, such as an exception, are left out
   */
  static LogFields of(String pattern, @Nullable Object @Nullable [] arguments) {
    Map<String, Object> fields = new LinkedHashMap<>();
    StringBuilder message = new StringBuilder();
    Matcher places = PLACE.matcher(pattern);
    int next = 0;
    while (arguments != null && next < arguments.length && places.find()) {
      Object value = arguments[next++];
      String key = places.group(1);
      if (key == null) {
        places.appendReplacement(message, Matcher.quoteReplacement(String.valueOf(value)));
      } else {
        places.appendReplacement(message, "");
        fields.put(key, value instanceof Number ? value : String.valueOf(value));
      }
    }
    places.appendTail(message);
    return new LogFields(message.toString().strip(), fields);
  }
}
