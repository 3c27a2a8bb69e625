package io.quicmesh.relay.cli;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Shows what nodes pin. */
@Command(
    name = "fingerprint",
    description = "Prints the fingerprint of the relay's key, which nodes pin, and nothing else.",
    mixinStandardHelpOptions = true)
final class FingerprintCommand implements Callable<Integer> {

  @ParentCommand private @Nullable RelayCommand parent;
  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException, CommandFailedException {
    RelayState state = new RelayState(Objects.requireNonNull(parent).stateDirectory());
    if (!state.isInitialised()) {
      throw new CommandFailedException(
          ExitCode.FAILED,
          "there is no relay key in "
              + state.directory()
              + ": run quicmesh-relay init, or name the right --state-dir");
    }
    Objects.requireNonNull(spec).commandLine().getOut().println(state.read().fingerprint());
    return ExitCode.DONE;
  }
}
