package io.quicmesh.node.cli;

import io.quicmesh.monitor.client.AdminClient;
import java.io.IOException;
import picocli.CommandLine.Command;

/** Shows in one line whether all is well, then the node. */
@Command(
    name = "status",
    description = "Shows in one line whether all is well, then the node.",
    mixinStandardHelpOptions = true)
final class StatusCommand extends DaemonCommand {

  @Override
  public Integer call() throws IOException {
    AdminClient client = client();
    return show(client, client.get("/api/status"), Answers::status);
  }
}
