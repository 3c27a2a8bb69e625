package io.quicmesh.relay.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code quicmesh-relay}, and how its errors look: one line and an exit code. */
@Command(
    name = RelayCommand.NAME,
    description = "Introduces the nodes of quicmesh networks and splices their circuits.",
    mixinStandardHelpOptions = true,
    versionProvider = RelayVersion.class,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:failed",
      "2:wrong usage",
      "3:no relay runs with this state directory",
      "4:not authorised",
      "5:timed out"
    },
    subcommands = {
      InitCommand.class,
      FingerprintCommand.class,
      RunCommand.class,
      StatusCommand.class,
      DrainCommand.class,
      LogCommand.class,
      CompletionCommand.class
    })
final class RelayCommand implements Runnable {

  static final String NAME = "quicmesh-relay";
  private static final String DEFAULT_STATE_DIRECTORY = "/var/lib/quicmesh";

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description =
          "Directory of the relay's key and socket (default: $QUICMESH_HOME, or "
              + DEFAULT_STATE_DIRECTORY
              + ").")
  private @Nullable Path stateDirectory;

  /** Runs a command line and returns its exit code. */
  static int execute(PrintWriter out, PrintWriter err, String... args) {
    return CommandRunner.execute(new CommandLine(new RelayCommand()), out, err, args);
  }

  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(spec.commandLine(), "a command is needed");
    }
  }

  Path stateDirectory() {
    if (stateDirectory != null) {
      return stateDirectory.toAbsolutePath();
    }
    String home = System.getenv("QUICMESH_HOME");
    return Path.of(home == null || home.isEmpty() ? DEFAULT_STATE_DIRECTORY : home)
        .toAbsolutePath();
  }
}
