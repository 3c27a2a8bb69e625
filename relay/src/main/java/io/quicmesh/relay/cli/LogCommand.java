package io.quicmesh.relay.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.quicmesh.monitor.api.LogRequest;
import io.quicmesh.monitor.client.AdminClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Shows and sets the levels of the relay's log while it runs. */
@Command(
    name = "log",
    description = "Shows how the running relay's log is set; with a level, sets it until it stops.",
    mixinStandardHelpOptions = true)
final class LogCommand implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final String AS_ABOVE = "default";
  private static final int INDENT = 10;

  @ParentCommand private @Nullable RelayCommand parent;
  @Spec private @Nullable CommandSpec spec;

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

  @Option(names = "--json", description = "Prints the object of the admin interface.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    AdminClient client = new AdminClient(Objects.requireNonNull(parent).stateDirectory(), PATIENCE);
    JsonNode state =
        level == null
            ? client.get("/api/log")
            : client.post("/api/log", new LogRequest(name, level.equals(AS_ABOVE) ? null : level));
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    if (json) {
      out.println(client.json().writerWithDefaultPrettyPrinter().writeValueAsString(state));
    } else {
      print(new LabelledText(out, INDENT), state);
    }
    out.flush();
    return ExitCode.DONE;
  }

  private static void print(LabelledText lines, JsonNode state) {
    lines.line("format", state.path("format").asText());
    lines.line("addresses", state.path("mask_addresses").asBoolean() ? "masked" : "shown");
    lines.line("level", state.path("level").asText());
    for (Map.Entry<String, JsonNode> each : state.path("levels").properties()) {
      lines.line("", each.getKey() + " " + each.getValue().asText());
    }
  }
}
