package io.quicmesh.node.cli;

import io.quicmesh.monitor.client.AdminClient;
import io.quicmesh.node.Version;
import io.quicmesh.node.membership.MembershipException;
import io.quicmesh.node.membership.StateDirectory;
import io.quicmesh.relay.cli.CommandFailedException;
import io.quicmesh.relay.cli.CommandRunner;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code quicmesh}, without the commands that it has. */
@Command(
    name = QuicmeshCommand.NAME,
    description = "Puts this host on one Ethernet segment with others, wherever they are.",
    mixinStandardHelpOptions = true,
    versionProvider = QuicmeshCommand.VersionText.class,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:failed",
      "2:wrong usage",
      "3:no daemon runs with this state directory",
      "4:not authorised",
      "5:timed out, or the other side is not there"
    })
class QuicmeshCommand implements Runnable {

  static final String NAME = "quicmesh";

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description =
          "Directory of this node's keys, network and socket (default: $QUICMESH_HOME, or"
              + " /var/lib/quicmesh).")
  private @Nullable Path stateDirectory;

  /** Runs a command line and returns its exit code. */
  static int execute(PrintWriter out, PrintWriter err, String... args) {
    CommandLine line = isUp(args) ? upOnly() : new CommandLine(new AllCommands());
    line.setExecutionStrategy(QuicmeshCommand::runLast);
    return CommandRunner.execute(line, out, err, args);
  }

  /** Reading what all the commands are takes time at a start, and a daemon would keep it. */
  private static CommandLine upOnly() {
    return new CommandLine(new QuicmeshCommand()).addSubcommand(new UpCommand());
  }

  private static boolean isUp(String[] args) {
    int command = args.length > 0 && args[0].equals("--state-dir") ? 2 : 0;
    return command < args.length && args[command].equals("up");
  }

  /** Runs the command; a failure of membership becomes one with its exit code. */
  private static int runLast(ParseResult parsed) {
    try {
      return new CommandLine.RunLast().execute(parsed);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof MembershipException failed) {
        throw new ExecutionException(
            e.getCommandLine(),
            failed.oneLine(),
            new CommandFailedException(failed.exitCode(), failed.oneLine()));
      }
      throw e;
    }
  }

  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(spec.commandLine(), "a command is needed");
    }
  }

  final Path stateDirectory() {
    return StateDirectory.locate(stateDirectory, System.getenv()).toAbsolutePath();
  }

  final AdminClient client(Duration patience) {
    return new AdminClient(stateDirectory(), patience);
  }

  /** The version of this build. */
  static final class VersionText implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {NAME + " " + Version.TEXT};
    }
  }
}
