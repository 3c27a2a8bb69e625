package io.quicmesh.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.quicmesh.relay.cli.TextTable;

/** How the lists of the admin interface look in a terminal of 80 columns. */
final class Tables {

  private static final int HANDOVERS_SHOWN = 20;

  private Tables() {}

  static void peers(Terminal terminal, JsonNode answer) {
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
          terminal.state(peer.path("state").asText()),
          peer.path("carrier").asText(),
          Terminal.millis(peer.path("rtt_ms")),
          Terminal.percent(peer.path("loss")),
          terminal.ago(peer.path("since").asText()));
    }
    table.print(terminal.out());
  }

  static void connections(Terminal terminal, JsonNode answer) {
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
          Terminal.shortId(connection.path("connection_id")),
          connection.path("kind").asText(),
          connection.path("role").asText(),
          connection.path("peer").asText(),
          connection.path("remote_addr").asText(),
          connection.path("migration_count").asText(),
          terminal.migrationState(connection.path("migration_state").asText()));
    }
    table.print(terminal.out());
  }

  static void migrations(Terminal terminal, JsonNode answer) {
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
          terminal.ago(event.path("timestamp").asText()),
          Terminal.shortId(event.path("connection_id")),
          event.path("old_addr").asText(),
          event.path("new_addr").asText(),
          event.path("cause").asText(),
          Terminal.millis(event.path("gap_ms")));
    }
    table.print(terminal.out());
  }

  static void handovers(Terminal terminal, JsonNode answer) {
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
          terminal.ago(entry.path("time").asText()),
          entry.path("peer").asText(),
          entry.path("from").asText(),
          entry.path("to").asText(),
          entry.path("cause").asText(),
          result.equals("failed") ? terminal.colours().bad(result) : result,
          Terminal.millis(total),
          Terminal.millis(entry.path("gap_ms")));
      if (++shown == HANDOVERS_SHOWN) {
        break;
      }
    }
    table.print(terminal.out());
  }
}
