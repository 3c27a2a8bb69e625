package io.quicmesh.node.cli;

import io.quicmesh.monitor.client.AdminClient;
import java.io.IOException;
import picocli.CommandLine.Command;

/** Lets the daemon read its config file again. */
@Command(
    name = "reload",
    description = {
      "Lets the daemon read its config file again: log, direct.peers and the switch's limits"
          + " (all but switching.macs) change at once.",
      "What needs a restart is named; wrong files change nothing."
    },
    mixinStandardHelpOptions = true)
final class ReloadCommand extends DaemonCommand {

  @Override
  public Integer call() throws IOException {
    AdminClient client = client();
    return show(client, client.post("/api/reload", null), Answers::reloaded);
  }
}
