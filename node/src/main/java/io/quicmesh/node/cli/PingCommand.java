package io.quicmesh.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.quicmesh.monitor.client.AdminClient;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Probes a peer through its session and shows which carrier answered. */
@Command(
    name = "ping",
    description = "Probes a peer through its session; shows which carrier answered each, and RTT.",
    mixinStandardHelpOptions = true)
final class PingCommand extends DaemonCommand {

  @Parameters(paramLabel = "PEER", description = "Name of the peer, or the start of its id.")
  private String peer = "";

  @Option(
      names = {"-c", "--count"},
      paramLabel = "N",
      defaultValue = "4",
      description = "How many probes (default: 4).")
  private int count;

  @Option(
      names = {"-i", "--interval"},
      paramLabel = "MS",
      defaultValue = "1000",
      description = "Milliseconds from answer to next probe (default: 1000).")
  private int intervalMillis;

  @Override
  public Integer call() throws IOException, InterruptedException {
    AdminClient client = client();
    for (int i = 0; i < count; i++) {
      if (i > 0) {
        Thread.sleep(Math.max(0, intervalMillis));
      }
      JsonNode answer = client.get("/api/test?peer=" + AdminClient.encode(peer));
      show(client, answer, Answers::probe);
    }
    return 0;
  }
}
