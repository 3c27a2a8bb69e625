package io.quicmesh.node.cli;

import io.quicmesh.monitor.client.AdminClient;
import java.io.IOException;
import picocli.CommandLine.Command;

/** Shows the peers, what carries their sessions, and how well. */
@Command(
    name = "peers",
    description = "Shows the peers, what carries their sessions, and how well.",
    mixinStandardHelpOptions = true)
final class PeersCommand extends DaemonCommand {

  @Override
  public Integer call() throws IOException {
    AdminClient client = client();
    return show(client, client.get("/api/peers"), Tables::peers);
  }
}
