package io.quicmesh.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;

/** How the objects of the admin interface look in a terminal of 80 columns. */
final class Show {

  private static final int HANDOVERS_SHOWN = 20;

  private Show() {}

  static void status(PrintWriter out, JsonNode status) {
    out.println(status.path("summary").asText());
    out.println("node      " + status.path("node").asText() + "  " + shortId(status.path("id")));
    out.println("network   " + shortId(status.path("network")));
    out.println("version   " + status.path("version").asText());
    out.println("uptime    " + seconds(status.path("uptime_s").asLong()));
    JsonNode tap = status.path("tap");
    out.printf(
        "tap       %s  %s  mtu %d  in %d  out %d%n",
        tap.path("name").asText(),
        tap.path("mac").asText(),
        tap.path("mtu").asInt(),
        tap.path("frames_in").asLong(),
        tap.path("frames_out").asLong());
    drops(out, tap.path("dropped"));
    for (JsonNode relay : status.path("relays")) {
      out.printf(
          "relay     %s  %s  %s%s%n",
          relay.path("address").asText(),
          relay.path("state").asText(),
          millis(relay.path("rtt_ms")),
          relay.hasNonNull("reason") ? "  " + relay.path("reason").asText() : "");
    }
    out.printf(
        "peers     %d of %d up%n",
        status.path("peers_up").asInt(), status.path("peers_total").asInt());
  }

  private static void drops(PrintWriter out, JsonNode dropped) {
    for (Map.Entry<String, JsonNode> reason : dropped.properties()) {
      if (reason.getValue().asLong() > 0) {
        out.println("dropped   " + reason.getKey() + " " + reason.getValue().asLong());
      }
    }
  }

  static void peers(PrintWriter out, JsonNode answer) {
    out.printf(
        "%-12s %-16s %-10s %-6s %9s %6s %9s%n",
        "PEER", "OVERLAY", "STATE", "VIA", "RTT", "LOSS", "SINCE");
    for (JsonNode peer : answer.path("peers")) {
      out.printf(
          "%-12s %-16s %-10s %-6s %9s %6s %9s%n",
          cut(peer.path("name").asText(), 12),
          cut(peer.path("overlay_address").asText(), 16),
          peer.path("state").asText(),
          peer.path("carrier").asText(),
          millis(peer.path("rtt_ms")),
          percent(peer.path("loss")),
          ago(peer.path("since").asText()));
    }
  }

  static void connections(PrintWriter out, JsonNode answer) {
    out.printf(
        "%-12s %-6s %-6s %-12s %-22s %5s %s%n",
        "CONNECTION", "KIND", "ROLE", "PEER", "REMOTE", "MIGR", "STATE");
    for (JsonNode connection : answer.path("connections")) {
      out.printf(
          "%-12s %-6s %-6s %-12s %-22s %5d %s%n",
          cut(connection.path("connection_id").asText(), 12),
          connection.path("kind").asText(),
          connection.path("role").asText(),
          cut(connection.path("peer").asText(), 12),
          cut(connection.path("remote_addr").asText(), 22),
          connection.path("migration_count").asLong(),
          connection.path("migration_state").asText());
    }
  }

  static void migrations(PrintWriter out, JsonNode answer) {
    out.printf("%-9s %-12s %-22s %-22s %-9s%n", "TIME", "CONNECTION", "FROM", "TO", "GAP");
    for (JsonNode event : answer) {
      out.printf(
          "%-9s %-12s %-22s %-22s %-9s%n",
          ago(event.path("timestamp").asText()),
          cut(event.path("connection_id").asText(), 12),
          cut(event.path("old_addr").asText(), 22),
          cut(event.path("new_addr").asText(), 22),
          millis(event.path("gap_ms")));
    }
  }

  static void handovers(PrintWriter out, JsonNode answer) {
    out.printf(
        "%-7s %-10s %-7s %-7s %-13s %-7s %8s %8s%n",
        "AGO", "PEER", "FROM", "TO", "CAUSE", "RESULT", "TOTAL", "GAP");
    int shown = 0;
    for (JsonNode entry : answer) {
      double total = 0;
      for (JsonNode step : entry.path("steps")) {
        total += step.path("ms").asDouble();
      }
      out.printf(
          Locale.ROOT,
          "%-7s %-10s %-7s %-7s %-13s %-7s %6.1fms %8s%n",
          ago(entry.path("time").asText()),
          cut(entry.path("peer").asText(), 10),
          cut(entry.path("from").asText(), 7),
          cut(entry.path("to").asText(), 7),
          cut(entry.path("cause").asText(), 13),
          entry.path("result").asText(),
          total,
          millis(entry.path("gap_ms")));
      if (++shown == HANDOVERS_SHOWN) {
        break;
      }
    }
  }

  static void why(PrintWriter out, JsonNode answer) {
    out.printf(
        "%s is on %s%s%n",
        answer.path("peer").asText(),
        answer.path("carrier").asText(),
        answer.hasNonNull("since") ? ", since " + ago(answer.path("since").asText()) : "");
    for (String part : answer.path("decision").asText().split("; ", -1)) {
      out.println("  " + part);
    }
    for (JsonNode candidate : answer.path("candidates")) {
      out.printf(
          "  candidate %s (%s): %s %s%n",
          candidate.path("address").asText(),
          candidate.path("kind").asText(),
          candidate.path("result").asText(),
          candidate.hasNonNull("rtt_ms") ? millis(candidate.path("rtt_ms")) : "");
    }
    if (answer.hasNonNull("next_retry")) {
      out.println("  next try of a direct connection at " + answer.path("next_retry").asText());
    }
  }

  static String millis(JsonNode value) {
    return value.isNumber() ? String.format(Locale.ROOT, "%.2fms", value.asDouble()) : "-";
  }

  private static String percent(JsonNode value) {
    return value.isNumber() ? String.format(Locale.ROOT, "%.1f%%", value.asDouble() * 100) : "-";
  }

  private static String seconds(long seconds) {
    return Duration.ofSeconds(seconds).toString().substring(2).toLowerCase(Locale.ROOT);
  }

  private static String ago(String time) {
    try {
      long seconds = Duration.between(Instant.parse(time), Instant.now()).toSeconds();
      return seconds < 3600 ? seconds(Math.max(0, seconds)) : seconds / 3600 + "h";
    } catch (DateTimeParseException e) {
      return "-";
    }
  }

  private static String shortId(JsonNode id) {
    return cut(id.asText(), 10);
  }

  private static String cut(String text, int length) {
    return text.length() <= length ? text : text.substring(0, length);
  }
}
