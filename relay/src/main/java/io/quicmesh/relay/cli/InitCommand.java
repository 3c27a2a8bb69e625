package io.quicmesh.relay.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Makes the relay's key. */
@Command(
    name = "init",
    description = "Makes the relay's key, unless there is one, and prints its fingerprint.",
    mixinStandardHelpOptions = true)
final class InitCommand implements Callable<Integer> {

  @ParentCommand private @Nullable RelayCommand parent;
  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    RelayState state = new RelayState(Objects.requireNonNull(parent).stateDirectory());
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    boolean before = state.isInitialised();
    var identity = before ? state.read() : state.initialise();
    out.println(
        RelayCommand.NAME
            + (before ? ": already initialised " : ": initialised ")
            + state.directory());
    out.println("fingerprint " + identity.fingerprint());
    return ExitCode.DONE;
  }
}
