package io.quicmesh.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.quicmesh.monitor.client.AdminClient;
import io.quicmesh.relay.cli.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
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
    PrintWriter out = out();
    boolean isTerminal = Ansi.AUTO.enabled();
    for (int view = 1; times == 0 || view <= times; view++) {
      JsonNode status = client.get("/api/status");
      JsonNode peers = client.get("/api/peers");
      JsonNode handovers = client.get("/api/handovers");
      if (isTerminal) {
        out.print(CLEAR);
      }
      Show.status(out, status);
      out.println();
      Show.peers(out, peers);
      out.println();
      Show.handovers(out, handovers);
      out.flush();
      if (times == 0 || view < times) {
        Thread.sleep(1000);
      }
    }
    return ExitCode.DONE;
  }
}
