package io.quicmesh.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.quicmesh.relay.cli.Colours;
import io.quicmesh.relay.cli.LabelledText;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Where answers are shown to people, and how numbers, times and states look there.
 *
 * @param now what times are told against
 */
record Terminal(PrintWriter out, Colours colours, Instant now) {

  static final int INDENT = 10;
  private static final double LONG_MILLIS = 10_000;

  /** Lines whose texts begin at a column. */
  LabelledText lines(int indent) {
    return new LabelledText(out, indent);
  }

  /** A sentence whose words are coloured one by one, so that it can be wrapped. */
  String coloured(boolean isGood, String sentence) {
    return Arrays.stream(sentence.split(" ", -1))
        .map(word -> isGood ? colours.good(word) : colours.bad(word))
        .collect(Collectors.joining(" "));
  }

  String state(String state) {
    return switch (state) {
      case "up" -> colours.good(state);
      case "down" -> colours.bad(state);
      default -> colours.doubtful(state);
    };
  }

  String migrationState(String state) {
    return switch (state) {
      case "FAILED" -> colours.bad(state);
      case "MIGRATING" -> colours.doubtful(state);
      default -> state;
    };
  }

  static String words(JsonNode array) {
    List<String> words = new ArrayList<>();
    array.forEach(each -> words.add(each.asText()));
    return words.isEmpty() ? "nothing" : String.join(", ", words);
  }

  static String millis(JsonNode value) {
    return value.isNumber() ? millis(value.asDouble()) : "-";
  }

  static String millis(double millis) {
    return millis < LONG_MILLIS
        ? String.format(Locale.ROOT, "%.2fms", millis)
        : String.format(Locale.ROOT, "%.1fs", millis / 1000);
  }

  static String percent(JsonNode value) {
    return value.isNumber() ? String.format(Locale.ROOT, "%.1f%%", value.asDouble() * 100) : "-";
  }

  static String seconds(long seconds) {
    return Duration.ofSeconds(seconds).toString().substring(2).toLowerCase(Locale.ROOT);
  }

  String ago(String time) {
    try {
      long seconds = Duration.between(Instant.parse(time), now).toSeconds();
      return seconds < 3600 ? seconds(Math.max(0, seconds)) : seconds / 3600 + "h";
    } catch (DateTimeParseException e) {
      return "-";
    }
  }

  String in(String time) {
    try {
      long seconds = Duration.between(now, Instant.parse(time)).toSeconds();
      return seconds <= 0 ? "now" : "in " + seconds(seconds);
    } catch (DateTimeParseException e) {
      return "at " + time;
    }
  }

  static String shortId(JsonNode id) {
    String text = id.asText();
    return text.substring(0, Math.min(INDENT, text.length()));
  }
}
