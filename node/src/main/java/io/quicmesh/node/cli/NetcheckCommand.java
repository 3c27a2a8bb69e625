package io.quicmesh.node.cli;

import io.quicmesh.monitor.client.AdminClient;
import java.io.IOException;
import picocli.CommandLine.Command;

/** Shows what the network around this host lets through. */
@Command(
    name = "netcheck",
    description =
        "Shows what the network around this host lets through: UDP, IPv4, IPv6, NAT, relays.",
    mixinStandardHelpOptions = true)
final class NetcheckCommand extends DaemonCommand {

  @Override
  public Integer call() throws IOException {
    AdminClient client = client();
    return show(client, client.get("/api/netcheck"), Answers::netcheck);
  }
}
