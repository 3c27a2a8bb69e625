package io.quicmesh.relay.cli;

import io.quicmesh.monitor.client.AdminErrorException;
import io.quicmesh.monitor.client.DaemonUnreachableException;
import java.io.PrintWriter;
import java.net.SocketTimeoutException;
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
      DrainCommand.class
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
    return new CommandLine(new RelayCommand())
        .setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(RelayCommand::usageError)
        .setExecutionExceptionHandler(RelayCommand::failure)
        .execute(args);
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

  private static int usageError(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    print(
        command, e.getMessage() + "; see " + command.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.USAGE;
  }

  private static int failure(
      Exception e, CommandLine command, CommandLine.@Nullable ParseResult parsed) {
    print(command, e.getMessage());
    if (e instanceof CommandFailedException failed) {
      return failed.exitCode();
    } else if (e instanceof DaemonUnreachableException) {
      return ExitCode.NOT_REACHABLE;
    } else if (e instanceof AdminErrorException refused) {
      return refused.exitCode();
    }
    return e instanceof SocketTimeoutException ? ExitCode.TIMED_OUT : ExitCode.FAILED;
  }

  private static void print(CommandLine command, @Nullable String message) {
    String line = message == null ? "failed" : message.lines().findFirst().orElse("failed");
    command.getErr().println(NAME + ": " + line);
    command.getErr().flush();
  }
}
