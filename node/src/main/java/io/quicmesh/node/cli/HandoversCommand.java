package io.quicmesh.node.cli;

import io.quicmesh.monitor.client.AdminClient;
import java.io.IOException;
import picocli.CommandLine.Command;

/** Shows the last handovers, newest first. */
@Command(
    name = "handovers",
    description = "Shows the last handovers, newest first.",
    mixinStandardHelpOptions = true)
final class HandoversCommand extends DaemonCommand {

  @Override
  public Integer call() throws IOException {
    AdminClient client = client();
    return show(client, client.get("/api/handovers"), Tables::handovers);
  }
}
