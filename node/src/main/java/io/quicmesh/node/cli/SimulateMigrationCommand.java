package io.quicmesh.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.quicmesh.monitor.api.SimulateMigrationRequest;
import io.quicmesh.monitor.client.AdminClient;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Moves connections to a new local port, as a change of the network under them would. */
@Command(
    name = "simulate-migration",
    description = {
      "Moves a connection to a new local port, as a change of the network under it would, and"
          + " returns when it goes on there.",
      "A connection in which this node is the server cannot move: exit 1."
    },
    mixinStandardHelpOptions = true)
final class SimulateMigrationCommand extends DaemonCommand {

  private static final Duration PATIENCE = Duration.ofSeconds(40);

  @Parameters(
      paramLabel = "PEER|relay:HOST",
      arity = "0..1",
      description = "Whose connection: of a peer, or to a relay (default: all of them).")
  private @Nullable String target;

  @Override
  public Integer call() throws IOException {
    AdminClient client = client(PATIENCE);
    JsonNode moved = client.post("/api/simulate-migration", new SimulateMigrationRequest(target));
    return show(client, moved, Answers::moved);
  }
}
