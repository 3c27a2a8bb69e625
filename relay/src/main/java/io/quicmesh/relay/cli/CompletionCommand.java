package io.quicmesh.relay.cli;

import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the completion of commands and options for a shell. */
@Command(
    name = "completion",
    description = {
      "Prints a script that completes commands and options in bash and zsh.",
      "To have it in every shell, write it to a file in /etc/bash_completion.d."
    },
    mixinStandardHelpOptions = true)
public final class CompletionCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    CommandLine own = Objects.requireNonNull(spec).commandLine();
    CommandLine root = own.getCommandSpec().root().commandLine();
    PrintWriter out = own.getOut();
    out.print(AutoComplete.bash(root.getCommandName(), root));
    out.flush();
    return ExitCode.DONE;
  }
}
