package io.quicmesh.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.quicmesh.monitor.client.AdminClient;
import io.quicmesh.relay.cli.Colours;
import io.quicmesh.relay.cli.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** A command that asks the running daemon and shows its answer, as a table or as JSON. */
abstract class DaemonCommand implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @ParentCommand private @Nullable QuicmeshCommand parent;
  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--json", description = "Prints the object of the admin interface.")
  private boolean json;

  final QuicmeshCommand parent() {
    return Objects.requireNonNull(parent);
  }

  final PrintWriter out() {
    return Objects.requireNonNull(spec).commandLine().getOut();
  }

  final AdminClient client() {
    return parent().client(PATIENCE);
  }

  final AdminClient client(Duration patience) {
    return parent().client(patience);
  }

  final boolean isJson() {
    return json;
  }

  /** Where answers are shown to people, as of now. */
  final Terminal terminal() {
    return new Terminal(out(), Colours.ofTerminal(), Instant.now());
  }

  /** Prints the answer as JSON if that was asked for, else as {@code text} does it. */
  final int show(AdminClient client, JsonNode answer, BiConsumer<Terminal, JsonNode> text)
      throws IOException {
    if (json) {
      out().println(client.json().writerWithDefaultPrettyPrinter().writeValueAsString(answer));
    } else {
      text.accept(terminal(), answer);
    }
    out().flush();
    return ExitCode.DONE;
  }
}
