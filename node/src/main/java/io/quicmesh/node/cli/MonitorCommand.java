package io.quicmesh.node.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quicmesh.monitor.client.AdminClient;
import io.quicmesh.relay.cli.ExitCode;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;

/** Shows status and peers again and again. */
@Command(
    name = "monitor",
    description = "Shows the node and its peers, refreshed every second, until interrupted.",
    mixinStandardHelpOptions = true)
final class MonitorCommand extends DaemonCommand {

  private static final String CLEAR = "\u001b[H\u001b[2J";

  @Option(
      names = "--times",
      paramLabel = "N",
      defaultValue = "0",
      description = "Ends after so many views (default: never).")
  private int times;

  @Override
  public Integer call() throws IOException, InterruptedException {
    AdminClient client = client();
    boolean isTerminal = Ansi.AUTO.enabled();
    for (int view = 1; times == 0 || view <= times; view++) {
      ObjectNode seen = client.json().createObjectNode();
      for (String part : List.of("status", "peers", "handovers")) {
        seen.set(part, client.get("/api/" + part));
      }
      if (isJson()) {
        out().println(client.json().writeValueAsString(seen));
      } else {
        out().print(isTerminal ? CLEAR : "");
        view(terminal(), seen);
      }
      out().flush();
      if (times == 0 || view < times) {
        Thread.sleep(1000);
      }
    }
    return ExitCode.DONE;
  }

  private static void view(Terminal terminal, ObjectNode seen) {
    Answers.status(terminal, seen.path("status"));
    terminal.out().println();
    Tables.peers(terminal, seen.path("peers"));
    terminal.out().println();
    Tables.handovers(terminal, seen.path("handovers"));
  }
}
