package io.quicmesh.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.quicmesh.relay.cli.LabelledText;
import java.util.Map;

/** How the single answers of the admin interface look in a terminal of 80 columns. */
final class Answers {

  private Answers() {}

  static void status(Terminal terminal, JsonNode status) {
    LabelledText lines = terminal.lines(Terminal.INDENT);
    String summary = status.path("summary").asText();
    terminal.lines(0).line("", terminal.coloured(status.path("healthy").asBoolean(), summary));
    lines.line("node", status.path("node").asText() + "  " + Terminal.shortId(status.path("id")));
    lines.line("network", Terminal.shortId(status.path("network")));
    lines.line("version", status.path("version").asText());
    lines.line("uptime", Terminal.seconds(status.path("uptime_s").asLong()));
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
                  terminal.state(relay.path("state").asText()),
                  Terminal.millis(relay.path("rtt_ms")),
                  reason.isEmpty() ? "" : "  " + reason));
    }
    lines.line(
        "peers",
        status.path("peers_up").asInt() + " of " + status.path("peers_total").asInt() + " up");
  }

  static void why(Terminal terminal, JsonNode answer) {
    LabelledText lines = terminal.lines(2);
    terminal
        .lines(0)
        .line(
            "",
            answer.path("peer").asText()
                + " is on "
                + answer.path("carrier").asText()
                + (answer.hasNonNull("since")
                    ? ", since " + terminal.ago(answer.path("since").asText()) + " ago"
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
                  candidate.hasNonNull("rtt_ms") ? Terminal.millis(candidate.path("rtt_ms")) : ""));
    }
    if (answer.hasNonNull("next_retry")) {
      lines.line(
          "", "next try of a direct connection " + terminal.in(answer.path("next_retry").asText()));
    }
  }

  static void handoverDone(Terminal terminal, JsonNode done) {
    for (JsonNode step : done.path("steps")) {
      terminal
          .out()
          .printf("%-18s %s%n", step.path("name").asText(), Terminal.millis(step.path("ms")));
    }
    terminal
        .out()
        .printf(
            "%s, gap %s, %d frames sent again%n",
            done.path("result").asText(),
            Terminal.millis(done.path("gap_ms")),
            done.path("frames_resent").asLong());
  }

  static void probe(Terminal terminal, JsonNode probe) {
    terminal
        .out()
        .printf(
            "%s via %s (%s) in %s%n",
            probe.path("peer").asText(),
            probe.path("carrier").asText(),
            probe.path("connection").path("remote_addr").asText(),
            Terminal.millis(probe.path("rtt_ms")));
  }

  /** One connection that moved, or all that did. */
  static void moved(Terminal terminal, JsonNode moved) {
    for (JsonNode each : moved.path("migrations")) {
      moved(terminal, each);
    }
    if (moved.has("connection_id")) {
      terminal
          .lines(Terminal.INDENT)
          .line(
              "moved",
              "%s from %s to %s, gap %s"
                  .formatted(
                      Terminal.shortId(moved.path("connection_id")),
                      moved.path("old_addr").asText(),
                      moved.path("new_addr").asText(),
                      Terminal.millis(moved.path("gap_ms"))));
    }
  }

  static void reloaded(Terminal terminal, JsonNode answer) {
    LabelledText lines = terminal.lines(Terminal.INDENT);
    lines.line("applied", Terminal.words(answer.path("applied")));
    if (!answer.path("needs_restart").isEmpty()) {
      lines.line("restart", "needed for " + Terminal.words(answer.path("needs_restart")));
    }
  }

  static void log(Terminal terminal, JsonNode log) {
    LabelledText lines = terminal.lines(Terminal.INDENT);
    lines.line("format", log.path("format").asText());
    lines.line("addresses", log.path("mask_addresses").asBoolean() ? "masked" : "shown");
    lines.line("level", log.path("level").asText());
    for (Map.Entry<String, JsonNode> each : log.path("levels").properties()) {
      lines.line("", each.getKey() + " " + each.getValue().asText());
    }
  }

  static void netcheck(Terminal terminal, JsonNode check) {
    LabelledText lines = terminal.lines(2 * Terminal.INDENT);
    lines.line("UDP", check.path("udp").asText());
    family(lines, "IPv4", check.path("ipv4"));
    family(lines, "IPv6", check.path("ipv6"));
    for (JsonNode relay : check.path("relays")) {
      lines.line(
          "relay",
          relay.path("address").asText()
              + "  "
              + terminal.state(relay.path("state").asText())
              + "  "
              + Terminal.millis(relay.path("rtt_ms")));
    }
    lines.line("port mapping", check.path("port_mapping").asText());
  }

  private static void family(LabelledText lines, String name, JsonNode family) {
    lines.line(name, family.path("udp").asText());
    if (!family.path("local").isEmpty()) {
      lines.line("  this host's", Terminal.words(family.path("local")));
    }
    if (!family.path("observed").isEmpty()) {
      lines.line("  seen by relays", Terminal.words(family.path("observed")));
      lines.line("  NAT", family.path("nat").asText());
      lines.line("  NAT's port", family.path("mapping").asText());
    }
  }
}
