package io.quicmesh.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.quicmesh.relay.cli.Colours;
import io.quicmesh.relay.cli.LabelledText;
import io.quicmesh.relay.cli.TextTable;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** How the objects of the admin interface look in a terminal of 80 columns. */
final class Show {

  private static final int HANDOVERS_SHOWN = 20;
  private static final int INDENT = 10;
  private static final double LONG_MILLIS = 10_000;

  private final PrintWriter out;
  private final Colours colours;
  private final Instant now;

  Show(PrintWriter out, Colours colours, Instant now) {
    this.out = out;
    this.colours = colours;
    this.now = now;
  }

  PrintWriter out() {
    return out;
  }

  void blank() {
    out.println();
  }

  void status(JsonNode status) {
    LabelledText lines = new LabelledText(out, INDENT);
    String summary = status.path("summary").asText();
    new LabelledText(out, 0).line("", coloured(status.path("healthy").asBoolean(), summary));
    lines.line("node", status.path("node").asText() + "  " + shortId(status.path("id")));
    lines.line("network", shortId(status.path("network")));
    lines.line("version", status.path("version").asText());
    lines.line("uptime", seconds(status.path("uptime_s").asLong()));
    JsonNode tap = status.path("tap");
    lines.line(
        "tap",
        "%s  %s  mtu %d  in %d  out %d"
            .formatted(
                tap.path("name").asText(),
                tap.path("mac").asText(),
                tap.path("mtu").asInt(),
                tap.path("frames_in").asLong(),
                tap.path("frames_out").asLong()));
    for (Map.Entry<String, JsonNode> reason : tap.path("dropped").properties()) {
      if (reason.getValue().asLong() > 0) {
        lines.line("dropped", reason.getKey() + " " + reason.getValue().asLong());
      }
    }
    for (JsonNode relay : status.path("relays")) {
      String reason = relay.path("reason").asText("");
      lines.line(
          "relay",
          "%s  %s  %s%s"
              .formatted(
                  relay.path("address").asText(),
                  state(relay.path("state").asText()),
                  millis(relay.path("rtt_ms")),
                  reason.isEmpty() ? "" : "  " + reason));
    }
    lines.line(
        "peers",
        status.path("peers_up").asInt() + " of " + status.path("peers_total").asInt() + " up");
  }

  /** A sentence whose words are coloured one by one, so that it can be wrapped. */
  private String coloured(boolean isGood, String sentence) {
    return Arrays.stream(sentence.split(" ", -1))
        .map(word -> isGood ? colours.good(word) : colours.bad(word))
        .collect(Collectors.joining(" "));
  }

  private String state(String state) {
    return switch (state) {
      case "up" -> colours.good(state);
      case "down" -> colours.bad(state);
      default -> colours.doubtful(state);
    };
  }

  void peers(JsonNode answer) {
    TextTable table =
        new TextTable()
            .words("PEER")
            .words("OVERLAY")
            .words("STATE")
            .words("VIA")
            .numbers("RTT")
            .numbers("LOSS")
            .numbers("SINCE");
    for (JsonNode peer : answer.path("peers")) {
      table.row(
          peer.path("name").asText(),
          peer.path("overlay_address").asText(),
          state(peer.path("state").asText()),
          peer.path("carrier").asText(),
          millis(peer.path("rtt_ms")),
          percent(peer.path("loss")),
          ago(peer.path("since").asText()));
    }
    table.print(out);
  }

  void connections(JsonNode answer) {
    TextTable table =
        new TextTable()
            .words("CONNECTION")
            .words("KIND")
            .words("ROLE")
            .words("PEER")
            .words("REMOTE")
            .numbers("MIGR")
            .words("STATE");
    for (JsonNode connection : answer.path("connections")) {
      table.row(
          shortId(connection.path("connection_id")),
          connection.path("kind").asText(),
          connection.path("role").asText(),
          connection.path("peer").asText(),
          connection.path("remote_addr").asText(),
          connection.path("migration_count").asText(),
          migrationState(connection.path("migration_state").asText()));
    }
    table.print(out);
  }

  private String migrationState(String state) {
    return switch (state) {
      case "FAILED" -> colours.bad(state);
      case "MIGRATING" -> colours.doubtful(state);
      default -> state;
    };
  }

  void migrations(JsonNode answer) {
    TextTable table =
        new TextTable()
            .numbers("AGO")
            .words("CONNECTION")
            .words("FROM")
            .words("TO")
            .words("CAUSE")
            .numbers("GAP");
    for (JsonNode event : answer) {
      table.row(
          ago(event.path("timestamp").asText()),
          shortId(event.path("connection_id")),
          event.path("old_addr").asText(),
          event.path("new_addr").asText(),
          event.path("cause").asText(),
          millis(event.path("gap_ms")));
    }
    table.print(out);
  }

  void handovers(JsonNode answer) {
    TextTable table =
        new TextTable()
            .numbers("AGO")
            .words("PEER")
            .words("FROM")
            .words("TO")
            .words("CAUSE")
            .words("RESULT")
            .numbers("TOTAL")
            .numbers("GAP");
    int shown = 0;
    for (JsonNode entry : answer) {
      double total = 0;
      for (JsonNode step : entry.path("steps")) {
        total += step.path("ms").asDouble();
      }
      String result = entry.path("result").asText();
      table.row(
          ago(entry.path("time").asText()),
          entry.path("peer").asText(),
          entry.path("from").asText(),
          entry.path("to").asText(),
          entry.path("cause").asText(),
          result.equals("failed") ? colours.bad(result) : result,
          millis(total),
          millis(entry.path("gap_ms")));
      if (++shown == HANDOVERS_SHOWN) {
        break;
      }
    }
    table.print(out);
  }

  void why(JsonNode answer) {
    LabelledText lines = new LabelledText(out, 2);
    new LabelledText(out, 0)
        .line(
            "",
            answer.path("peer").asText()
                + " is on "
                + answer.path("carrier").asText()
                + (answer.hasNonNull("since")
                    ? ", since " + ago(answer.path("since").asText()) + " ago"
                    : ""));
    for (String part : answer.path("decision").asText().split("; ", -1)) {
      lines.line("", part);
    }
    for (JsonNode candidate : answer.path("candidates")) {
      lines.line(
          "",
          "candidate %s (%s): %s %s"
              .formatted(
                  candidate.path("address").asText(),
                  candidate.path("kind").asText(),
                  candidate.path("result").asText(),
                  candidate.hasNonNull("rtt_ms") ? millis(candidate.path("rtt_ms")) : ""));
    }
    if (answer.hasNonNull("next_retry")) {
      lines.line("", "next try of a direct connection " + in(answer.path("next_retry").asText()));
    }
  }

  void handoverDone(JsonNode done) {
    for (JsonNode step : done.path("steps")) {
      out.printf("%-18s %s%n", step.path("name").asText(), millis(step.path("ms")));
    }
    out.printf(
        "%s, gap %s, %d frames sent again%n",
        done.path("result").asText(),
        millis(done.path("gap_ms")),
        done.path("frames_resent").asLong());
  }

  void probe(JsonNode probe) {
    out.printf(
        "%s via %s (%s) in %s%n",
        probe.path("peer").asText(),
        probe.path("carrier").asText(),
        probe.path("connection").path("remote_addr").asText(),
        millis(probe.path("rtt_ms")));
  }

  /** One connection that moved, or all that did. */
  void moved(JsonNode moved) {
    for (JsonNode each : moved.path("migrations")) {
      moved(each);
    }
    if (moved.has("connection_id")) {
      new LabelledText(out, INDENT)
          .line(
              "moved",
              "%s from %s to %s, gap %s"
                  .formatted(
                      shortId(moved.path("connection_id")),
                      moved.path("old_addr").asText(),
                      moved.path("new_addr").asText(),
                      millis(moved.path("gap_ms"))));
    }
  }

  void reloaded(JsonNode answer) {
    LabelledText lines = new LabelledText(out, INDENT);
    lines.line("applied", words(answer.path("applied")));
    if (!answer.path("needs_restart").isEmpty()) {
      lines.line("restart", "needed for " + words(answer.path("needs_restart")));
    }
  }

  void log(JsonNode log) {
    LabelledText lines = new LabelledText(out, INDENT);
    lines.line("format", log.path("format").asText());
    lines.line("addresses", log.path("mask_addresses").asBoolean() ? "masked" : "shown");
    lines.line("level", log.path("level").asText());
    for (Map.Entry<String, JsonNode> each : log.path("levels").properties()) {
      lines.line("", each.getKey() + " " + each.getValue().asText());
    }
  }

  void netcheck(JsonNode check) {
    LabelledText lines = new LabelledText(out, 2 * INDENT);
    lines.line("UDP", check.path("udp").asText());
    family(lines, "IPv4", check.path("ipv4"));
    family(lines, "IPv6", check.path("ipv6"));
    for (JsonNode relay : check.path("relays")) {
      lines.line(
          "relay",
          relay.path("address").asText()
              + "  "
              + state(relay.path("state").asText())
              + "  "
              + millis(relay.path("rtt_ms")));
    }
    lines.line("port mapping", check.path("port_mapping").asText());
  }

  private static void family(LabelledText lines, String name, JsonNode family) {
    lines.line(name, family.path("udp").asText());
    if (!family.path("local").isEmpty()) {
      lines.line("  this host's", words(family.path("local")));
    }
    if (!family.path("observed").isEmpty()) {
      lines.line("  seen by relays", words(family.path("observed")));
      lines.line("  NAT", family.path("nat").asText());
      lines.line("  NAT's port", family.path("mapping").asText());
    }
  }

  private static String words(JsonNode array) {
    List<String> words = new ArrayList<>();
    array.forEach(each -> words.add(each.asText()));
    return words.isEmpty() ? "nothing" : String.join(", ", words);
  }

  static String millis(JsonNode value) {
    return value.isNumber() ? millis(value.asDouble()) : "-";
  }

  private static String millis(double millis) {
    return millis < LONG_MILLIS
        ? String.format(Locale.ROOT, "%.2fms", millis)
        : String.format(Locale.ROOT, "%.1fs", millis / 1000);
  }

  private static String percent(JsonNode value) {
    return value.isNumber() ? String.format(Locale.ROOT, "%.1f%%", value.asDouble() * 100) : "-";
  }

  private static String seconds(long seconds) {
    return Duration.ofSeconds(seconds).toString().substring(2).toLowerCase(Locale.ROOT);
  }

  private String ago(String time) {
    try {
      long seconds = Duration.between(Instant.parse(time), now).toSeconds();
      return seconds < 3600 ? seconds(Math.max(0, seconds)) : seconds / 3600 + "h";
    } catch (DateTimeParseException e) {
      return "-";
    }
  }

  private String in(String time) {
    try {
      long seconds = Duration.between(now, Instant.parse(time)).toSeconds();
      return seconds <= 0 ? "now" : "in " + seconds(seconds);
    } catch (DateTimeParseException e) {
      return "at " + time;
    }
  }

  private static String shortId(JsonNode id) {
    String text = id.asText();
    return text.substring(0, Math.min(INDENT, text.length()));
  }
}
