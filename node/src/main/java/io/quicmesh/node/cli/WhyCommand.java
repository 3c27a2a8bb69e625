package io.quicmesh.node.cli;

import io.quicmesh.monitor.client.AdminClient;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows why a peer's session runs on the carrier that it has. */
@Command(
    name = "why",
    description = "Shows why a peer is direct or not: the decision with its numbers.",
    mixinStandardHelpOptions = true)
final class WhyCommand extends DaemonCommand {

  @Parameters(paramLabel = "PEER", description = "Name of the peer, or the start of its id.")
  private String peer = "";

  @Override
  public Integer call() throws IOException {
    AdminClient client = client();
    return show(client, client.get("/api/why?peer=" + AdminClient.encode(peer)), Answers::why);
  }
}
