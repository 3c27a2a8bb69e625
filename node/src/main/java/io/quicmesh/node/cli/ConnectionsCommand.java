package io.quicmesh.node.cli;

import io.quicmesh.monitor.client.AdminClient;
import java.io.IOException;
import picocli.CommandLine.Command;

/** Shows the QUIC connections and how often each has migrated. */
@Command(
    name = "connections",
    description = "Shows the QUIC connections and how often each has migrated.",
    mixinStandardHelpOptions = true)
final class ConnectionsCommand extends DaemonCommand {

  @Override
  public Integer call() throws IOException {
    AdminClient client = client();
    return show(client, client.get("/api/connections"), Tables::connections);
  }
}
