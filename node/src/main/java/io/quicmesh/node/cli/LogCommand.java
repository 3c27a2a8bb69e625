package io.quicmesh.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.quicmesh.monitor.api.LogRequest;
import io.quicmesh.monitor.client.AdminClient;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows and sets the levels of the daemon's log while it runs. */
@Command(
    name = "log",
    description = {
      "Shows how the daemon's log is set; with a level, sets it until the next reload or start.",
      "Example: quicmesh log debug io.quicmesh.transport"
    },
    mixinStandardHelpOptions = true)
final class LogCommand extends DaemonCommand {

  private static final String AS_ABOVE = "default";

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "LEVEL",
      description = "off, error, warn, info, debug, trace, or default: as the package above.")
  private @Nullable String level;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "PACKAGE",
      description = "Of which package or class (default: all that have no level of their own).")
  private @Nullable String name;

  @Override
  public Integer call() throws IOException {
    AdminClient client = client();
    JsonNode state =
        level == null
            ? client.get("/api/log")
            : client.post("/api/log", new LogRequest(name, level.equals(AS_ABOVE) ? null : level));
    return show(client, state, Answers::log);
  }
}
