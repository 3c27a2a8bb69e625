package io.quicmesh.node.cli;

import io.quicmesh.monitor.client.AdminClient;
import java.io.IOException;
import picocli.CommandLine.Command;

/** Shows the last migrations, newest first. */
@Command(
    name = "migrations",
    description = "Shows the last migrations, newest first.",
    mixinStandardHelpOptions = true)
final class MigrationsCommand extends DaemonCommand {

  @Override
  public Integer call() throws IOException {
    AdminClient client = client();
    return show(client, client.get("/api/migrations"), Tables::migrations);
  }
}
