package io.quicmesh.relay.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.quicmesh.monitor.client.AdminClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Shows what the running relay does. */
@Command(
    name = "status",
    description = "Shows the running relay: its nodes, circuits, and what it refused.",
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int SHORT_ID = 10;

  @ParentCommand private @Nullable RelayCommand parent;
  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--json", description = "Prints the objects of the admin interface.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    AdminClient client = new AdminClient(Objects.requireNonNull(parent).stateDirectory(), PATIENCE);
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    JsonNode status = client.get("/api/status");
    if (json) {
      out.println(client.json().writerWithDefaultPrettyPrinter().writeValueAsString(status));
    } else {
      print(out, status, client.get("/api/clients"));
    }
    return ExitCode.DONE;
  }

  private static void print(PrintWriter out, JsonNode status, JsonNode clients) {
    out.println(status.path("summary").asText());
    out.println("relay     " + status.path("relay").asText());
    out.println("version   " + status.path("version").asText());
    out.println("uptime    " + uptime(status.path("uptime_s").asLong()));
    status.path("listen").forEach(address -> out.println("listen    " + address.asText()));
    out.println("spliced   " + status.path("spliced").path("bytes").asLong() + " bytes");
    for (Map.Entry<String, JsonNode> refused : status.path("rejected").properties()) {
      if (refused.getValue().asLong() > 0) {
        out.println("refused   " + refused.getKey() + " " + refused.getValue().asLong());
      }
    }
    JsonNode nodes = clients.path("clients");
    if (nodes.isEmpty()) {
      return;
    }
    TextTable table =
        new TextTable()
            .words("NODE")
            .words("NETWORK")
            .words("SEEN AT")
            .numbers("CIRCUITS")
            .words("");
    for (JsonNode node : nodes) {
      table.row(
          shortId(node.path("id").asText()),
          shortId(node.path("network").asText()),
          node.path("observed_addr").asText(),
          node.path("circuits").asText(),
          node.path("duplicate_key").asBoolean() ? "DUPLICATE KEY" : "");
    }
    out.println();
    table.print(out);
  }

  /** Such as {@code 1h2m3s}. */
  private static String uptime(long seconds) {
    return Duration.ofSeconds(seconds).toString().substring("PT".length()).toLowerCase(Locale.ROOT);
  }

  private static String shortId(String id) {
    return id.substring(0, Math.min(SHORT_ID, id.length()));
  }
}
